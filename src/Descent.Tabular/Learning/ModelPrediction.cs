using System.Buffers;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Predicting features and frames, in parallel over blocks of rows.</summary>
public static class ModelPrediction
{
    const int BlockRows = 256;

    internal delegate void Block(int start, int count, ReadOnlySpan<double> rows);

    extension(IRegressionModel model)
    {
        /// <summary>The prediction of each row.</summary>
        /// <exception cref="ArgumentException">The features are not as many as the model has.</exception>
        public double[] Predict(Features x)
        {
            double[] y = new double[x.Rows];
            ForBlocks(model, x, (start, count, rows) => model.Predict(rows, y.AsSpan(start, count)));
            return y;
        }

        /// <summary>The prediction of each row of a frame, whose columns are found by name.</summary>
        /// <exception cref="ArgumentException">A column is missing, or of another type.</exception>
        public double[] Predict(Frame frame) => model.Predict(model.Schema.Read(frame));

        /// <summary>The prediction of one row of features.</summary>
        public double PredictRow(params ReadOnlySpan<double> row)
        {
            double y = 0;
            model.Predict(row, new Span<double>(ref y));
            return y;
        }
    }

    extension(IClassificationModel model)
    {
        /// <summary>The number of each row's class.</summary>
        /// <exception cref="ArgumentException">The features are not as many as the model has.</exception>
        public int[] Predict(Features x)
        {
            int[] classes = new int[x.Rows];
            ForBlocks(model, x, (start, count, rows) => model.Predict(rows, classes.AsSpan(start, count)));
            return classes;
        }

        /// <summary>The name of the class of each row of a frame, whose columns are found by name.</summary>
        /// <exception cref="ArgumentException">A column is missing, or of another type.</exception>
        public string[] Predict(Frame frame) => Array.ConvertAll(model.Predict(model.Schema.Read(frame)), c => model.Classes[c]);
    }

    extension(IProbabilisticModel model)
    {
        /// <summary>The probabilities of the classes, (rows × classes), one row after another.</summary>
        /// <exception cref="ArgumentException">The features are not as many as the model has.</exception>
        public double[] Probabilities(Features x)
        {
            int classes = model.Classes.Length;
            double[] p = new double[x.Rows * classes];
            ForBlocks(model, x, (start, count, rows) => model.Probabilities(rows, p.AsSpan(start * classes, count * classes)));
            return p;
        }

        /// <summary>The probabilities of the classes for a frame, whose columns are found by name.</summary>
        /// <exception cref="ArgumentException">A column is missing, or of another type.</exception>
        public double[] Probabilities(Frame frame) => model.Probabilities(model.Schema.Read(frame));
    }

    extension(IMarginModel model)
    {
        /// <summary>The scores behind the predictions, (rows × scores), one row after another.</summary>
        /// <exception cref="ArgumentException">The features are not as many as the model has.</exception>
        public double[] Margins(Features x)
        {
            int scores = model.Scores;
            double[] margins = new double[x.Rows * scores];
            ForBlocks(model, x, (start, count, rows) => model.Margins(rows, margins.AsSpan(start * scores, count * scores)));
            return margins;
        }
    }

    /// <summary>Features that are as many as the model has.</summary>
    internal static Features Match(IModel model, Features x)
    {
        ArgumentNullException.ThrowIfNull(x);
        int columns = model.Schema.Features.Length;
        return x.Columns == columns ? x : throw new ArgumentException($"{x.Columns} features are given; the model was trained on {columns}.", nameof(x));
    }

    internal static void ForBlocks(IModel model, Features x, Block body)
    {
        int columns = Match(model, x).Columns;
        WorkerPool.For((x.Rows + BlockRows - 1) / BlockRows, block =>
        {
            int start = block * BlockRows, count = Math.Min(BlockRows, x.Rows - start);
            double[] rented = ArrayPool<double>.Shared.Rent(count * columns);
            var rows = rented.AsSpan(0, count * columns);
            x.CopyRows(start, rows);
            body(start, count, rows);
            ArrayPool<double>.Shared.Return(rented);
        });
    }
}
