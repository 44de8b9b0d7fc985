"""Loads a model of Descent's with XGBoost, predicts rows, and saves the model again.

usage: xgboost_predict.py MODEL.json ROWS.csv ANSWER.csv AGAIN.json     (rows: numbers, empty where missing)
"""
import sys

import numpy as np
import xgboost as xgb


def main(model, rows, answer, again):
    booster = xgb.Booster()
    booster.load_model(model)
    x = np.genfromtxt(rows, delimiter=",", dtype=np.float32, ndmin=2)
    matrix = xgb.DMatrix(x, feature_names=booster.feature_names)
    np.savetxt(answer, booster.predict(matrix).reshape(len(x), -1), delimiter=",", fmt="%.9g")
    booster.save_model(again)


main(*sys.argv[1:])
