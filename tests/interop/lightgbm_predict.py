"""Loads models of Descent's with LightGBM, predicts rows, and saves the models again.

usage: lightgbm_predict.py ROWS.csv MODEL...     (rows: numbers, nan where missing)

Writes MODEL.margin.csv, MODEL.csv (predictions) and again-MODEL beside each model.
"""
import os
import sys

import lightgbm as lgb
import numpy as np


def main(rows, *models):
    x = np.genfromtxt(rows, delimiter=",", ndmin=2)
    for model in models:
        booster = lgb.Booster(model_file=model)
        for suffix, margin in (".margin.csv", True), (".csv", False):
            np.savetxt(model + suffix, booster.predict(x, raw_score=margin).reshape(len(x), -1), delimiter=",", fmt="%.9g")
        booster.save_model(os.path.join(os.path.dirname(model), "again-" + os.path.basename(model)))


main(*sys.argv[1:])
