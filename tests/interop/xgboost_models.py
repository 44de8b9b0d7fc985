"""Trains small models with XGBoost, one for each objective and kind of split, and saves them with what they say.

usage: xgboost_models.py FOLDER

Writes rows.csv (missing values are nan), and for each model NAME.json, NAME.ubj, NAME.margin.csv and NAME.csv (predictions);
where its trees are summed as they are also NAME.shap.csv (a row's values and last its base, output after output)
and NAME.pairs.csv (the same of pairs, for the first 10 rows).
"""
import os
import sys

import numpy as np
import xgboost as xgb


def main(folder):
    random = np.random.default_rng(7)
    n = 300
    x = random.normal(size=(n, 5)).astype(np.float32)
    x[:, 4] = random.integers(0, 9, n)
    signal = np.nan_to_num(x[:, 0]) * 2 + x[:, 1] * x[:, 2] + (x[:, 4] % 3) + 0.3 * random.normal(size=n)
    x[random.random((n, 5)) < 0.08] = np.nan
    np.savetxt(os.path.join(folder, "rows.csv"), x, delimiter=",", fmt="%.9g")
    positive = np.exp(signal / 4)
    classes = np.digitize(signal, [-1, 1.5])
    groups = [30] * 10
    base = {"max_depth": 4, "eta": 0.3, "nthread": 1, "seed": 1}
    cases = {
        "squared": ({"objective": "reg:squarederror"}, signal),
        "squaredlog": ({"objective": "reg:squaredlogerror"}, positive),
        "absolute": ({"objective": "reg:absoluteerror", "tree_method": "hist"}, signal),
        "pseudohuber": ({"objective": "reg:pseudohubererror", "huber_slope": 1.5}, signal),
        "logistic": ({"objective": "binary:logistic", "base_score": 0.3}, signal > 1),
        "reglogistic": ({"objective": "reg:logistic"}, signal > 1),
        "logitraw": ({"objective": "binary:logitraw", "base_score": 0.4}, signal > 1),
        "hinge": ({"objective": "binary:hinge"}, signal > 1),
        "poisson": ({"objective": "count:poisson"}, np.floor(positive)),
        "gamma": ({"objective": "reg:gamma"}, positive),
        "tweedie": ({"objective": "reg:tweedie", "tweedie_variance_power": 1.3}, positive),
        "softmax": ({"objective": "multi:softmax", "num_class": 3}, classes),
        "softprob": ({"objective": "multi:softprob", "num_class": 3, "num_parallel_tree": 2}, classes),
        "pairwise": ({"objective": "rank:pairwise"}, classes),
        "ndcg": ({"objective": "rank:ndcg"}, classes),
        "map": ({"objective": "rank:map"}, classes > 1),
        "cox": ({"objective": "survival:cox"}, np.where(random.random(n) < 0.3, -1, 1) * positive),
        "aft": ({"objective": "survival:aft", "aft_loss_distribution": "logistic", "aft_loss_distribution_scale": 1.2}, positive),
        "hist": ({"objective": "reg:squarederror", "tree_method": "hist", "grow_policy": "lossguide", "max_leaves": 12}, signal),
        "onehot": ({"objective": "reg:squarederror", "tree_method": "hist", "max_cat_to_onehot": 20}, signal),
        "partition": ({"objective": "binary:logistic", "tree_method": "hist", "max_cat_to_onehot": 2}, signal > 1),
        "dart": ({"objective": "binary:logistic", "booster": "dart", "rate_drop": 0.4}, signal > 1),
        "linear": ({"objective": "reg:squarederror", "booster": "gblinear"}, signal),
    }
    for name, (parameters, y) in cases.items():
        types = ["float"] * 4 + ["c" if name in ("onehot", "partition") else "float"]
        matrix = xgb.DMatrix(x, label=y, feature_names=[f"x{j}" for j in range(5)], feature_types=types, enable_categorical=True)
        if parameters["objective"].startswith("rank"):
            matrix.set_group(groups)
        if name == "aft":
            matrix.set_float_info("label_lower_bound", positive)
            matrix.set_float_info("label_upper_bound", np.where(random.random(n) < 0.3, np.inf, positive))
        booster = xgb.train({**base, **parameters}, matrix, 6)
        path = os.path.join(folder, name)
        booster.save_model(path + ".json")
        booster.save_model(path + ".ubj")

        def save(suffix, values):
            np.savetxt(path + suffix, np.asarray(values).reshape(len(values), -1), delimiter=",", fmt="%.9g")

        save(".margin.csv", booster.predict(matrix, output_margin=True))
        save(".csv", booster.predict(matrix))
        if name not in ("dart", "linear", "partition", "onehot"):
            save(".shap.csv", booster.predict(matrix, pred_contribs=True))
            save(".pairs.csv", booster.predict(matrix.slice(range(10)) if not parameters["objective"].startswith("rank") else xgb.DMatrix(x[:10], feature_names=[f"x{j}" for j in range(5)], feature_types=types), pred_interactions=True))


main(*sys.argv[1:])
