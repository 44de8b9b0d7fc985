"""Trains small models with LightGBM, one for each objective and kind of split, and saves them with what they say.

usage: lightgbm_models.py FOLDER

Writes rows.csv (missing values are nan), and for each model NAME.txt, NAME.margin.csv and NAME.csv (predictions), and NAME.shap.csv
(a row's values and last its base, output after output) where there is one.
"""
import os
import sys

import lightgbm as lgb
import numpy as np


def main(folder):
    random = np.random.default_rng(7)
    n = 400
    x = random.normal(size=(n, 5)).astype(np.float32).astype(np.float64)
    x[:, 4] = random.integers(0, 40, n)
    x[random.random((n, 5)) < 0.1] = 0
    signal = x[:, 0] * 2 + (x[:, 0] == 0) * 2 + x[:, 1] * x[:, 2] + (x[:, 4] % 3) + 0.3 * random.normal(size=n)
    x[random.random((n, 5)) < 0.08] = np.nan
    np.savetxt(os.path.join(folder, "rows.csv"), x, delimiter=",", fmt="%.9g")
    positive = np.exp(signal / 4)
    classes = np.digitize(signal, [-1, 1.5])
    base = {"num_leaves": 9, "learning_rate": 0.3, "num_threads": 1, "seed": 1, "verbose": -1, "min_data_per_group": 5, "cat_smooth": 1, "deterministic": True}
    cases = {
        "squared": ({"objective": "regression"}, signal),
        "absolute": ({"objective": "regression_l1"}, signal),
        "huber": ({"objective": "huber"}, signal),
        "fair": ({"objective": "fair"}, signal),
        "quantile": ({"objective": "quantile", "alpha": 0.3}, signal),
        "mape": ({"objective": "mape"}, positive),
        "poisson": ({"objective": "poisson"}, np.floor(positive)),
        "gamma": ({"objective": "gamma"}, positive),
        "tweedie": ({"objective": "tweedie"}, positive),
        "binary": ({"objective": "binary"}, signal > 1),
        "sigmoid": ({"objective": "binary", "sigmoid": 1.7}, signal > 1),
        "xentropy": ({"objective": "cross_entropy"}, (signal > 1).astype(float)),
        "multiclass": ({"objective": "multiclass", "num_class": 3}, classes),
        "ova": ({"objective": "multiclassova", "num_class": 3}, classes),
        "lambdarank": ({"objective": "lambdarank"}, classes),
        "category": ({"objective": "binary", "max_cat_to_onehot": 2}, signal > 1),
        "onehot": ({"objective": "regression", "max_cat_to_onehot": 50}, signal),
        "zeros": ({"objective": "regression", "zero_as_missing": True}, signal),
        "nomissing": ({"objective": "regression", "use_missing": False}, signal),
        "dart": ({"objective": "regression", "boosting": "dart", "drop_rate": 0.5}, signal),
        "forest": ({"objective": "regression", "boosting": "rf", "bagging_fraction": 0.7, "bagging_freq": 1}, signal),
        "lines": ({"objective": "regression", "linear_tree": True}, signal),
    }
    for name, (parameters, y) in cases.items():
        categories = [4] if name in ("category", "onehot") else []
        merged = {**base, **parameters}
        data = lgb.Dataset(x, y, categorical_feature=categories, group=[40] * 10 if name == "lambdarank" else None, params=merged)
        booster = lgb.train(merged, data, 6)
        path = os.path.join(folder, name)
        booster.save_model(path + ".txt")

        def save(suffix, values):
            np.savetxt(path + suffix, np.asarray(values).reshape(n, -1), delimiter=",", fmt="%.9g")

        save(".margin.csv", booster.predict(x, raw_score=True))
        save(".csv", booster.predict(x))
        if name not in ("lines", "zeros"):
            save(".shap.csv", booster.predict(x, pred_contrib=True))


main(*sys.argv[1:])
