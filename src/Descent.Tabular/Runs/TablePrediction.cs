namespace Descent.Tabular;

/// <summary>Predicting files.</summary>
public static class TablePrediction
{
    const int BatchRows = 100_000;

    extension(PipelineModel model)
    {
        /// <summary>The rows of a file with what is predicted of them: <c>predicted_target</c>, and where the model knows them the probabilities of the classes.</summary>
        /// <remarks>CSV and JSON lines are read in parts, so that the file may be larger than memory.</remarks>
        /// <exception cref="InvalidDataException">It is no such file.</exception>
        /// <exception cref="ArgumentException">A column is missing, or of another type.</exception>
        public IEnumerable<(Frame Rows, bool IsFirst)> PredictBatches(string path, ReadOptions? options = null)
        {
            var batches = Path.GetExtension(path)?.ToLowerInvariant() switch
            {
                ".jsonl" or ".ndjson" => Frame.StreamJsonLines(path, BatchRows, options),
                ".xlsx" or ".svm" or ".libsvm" => [Frame.Read(path, options)],
                _ => Frame.StreamCsv(path, BatchRows, options),
            };
            bool isFirst = true;
            foreach (var batch in batches)
            {
                yield return (model.WithPredictions(batch), isFirst);
                isFirst = false;
            }
            if (isFirst) yield return (model.WithPredictions(Frame.Read(path, options)), true);
        }

        /// <summary>A frame with what is predicted of its rows beside them.</summary>
        /// <exception cref="ArgumentException">A column is missing, or of another type.</exception>
        public Frame WithPredictions(Frame frame)
        {
            ArgumentNullException.ThrowIfNull(frame);
            var said = Predictions.Of(model, frame);
            string name = $"predicted_{model.Target}";
            if (said.Kind == TargetKind.Number) return frame.With(Column.Of(name, said.Numbers.ToArray()));
            int classes = said.Classes.Length;
            frame = frame.With(new CategoryColumn(name, said.Codes.ToArray(), said.Classes));
            for (int k = 0; said.HasProbabilities && k < classes; k++)
            {
                double[] p = new double[said.Count];
                for (int row = 0; row < p.Length; row++) p[row] = said.Probabilities[row * classes + k];
                frame = frame.With(Column.Of($"probability_{said.Classes[k]}", p));
            }
            return frame;
        }
    }
}
