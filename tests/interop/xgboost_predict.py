"""Loads models of Descent's with XGBoost, predicts rows, and saves the models again.

usage: xgboost_predict.py ROWS.csv MODEL...     (rows: numbers, nan where missing)

Writes MODEL.margin.csv, MODEL.csv (predictions) and again-MODEL beside each model.
"""
import os
import sys

import numpy as np
import xgboost as xgb


def main(rows, *models):
    x = np.genfromtxt(rows, delimiter=",", dtype=np.float32, ndmin=2)
    for model in models:
        booster = xgb.Booster()
        booster.load_model(model)
        matrix = xgb.DMatrix(x, feature_names=booster.feature_names, feature_types=booster.feature_types, enable_categorical=True)
        for suffix, margin in (".margin.csv", True), (".csv", False):
            np.savetxt(model + suffix, booster.predict(matrix, output_margin=margin).reshape(len(x), -1), delimiter=",", fmt="%.9g")
        booster.save_model(os.path.join(os.path.dirname(model), "again-" + os.path.basename(model)))


main(*sys.argv[1:])
