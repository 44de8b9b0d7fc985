using Descent.NN;
using Descent.Search;

namespace Descent.Benchmarks;

/// <summary>Handwritten digits told by their five nearest in each kind of index, by each code too: 8,000 of MNIST's test set are known, 2,000 asked. The folder is named by <c>MNIST_DATA</c>.</summary>
static class AnnClassifyTask
{
    const int Known = 8000, K = 5;

    public static void Run(Report report)
    {
        string folder = Environment.GetEnvironmentVariable("MNIST_DATA") ?? throw new ArgumentException("Set MNIST_DATA to the folder of t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte.");
        var (images, labels) = (IdxFolder.Find(folder).Test ?? throw new ArgumentException($"{folder} holds no pictures of the test set.")).Read();
        int pixels = images.Dims[1] * images.Dims[2];
        float[] vectors = [.. images.Data.Select(x => (float)x)];
        long[] ids = [.. Enumerable.Range(0, Known).Select(i => (long)i)];
        IEnumerable<(string Name, string Config, Func<int, VectorIndex> Create)> rows = [.. IndexKinds.All.Select(kind => (kind.Name, kind.Name, (Func<int, VectorIndex>)(d => IndexKinds.Create(kind.Name, new(d))))), .. AnnTask.s_coded];
        foreach (var (name, config, create) in rows)
        {
            if (!report.Wants(name)) continue;
            using var index = create(pixels);
            index.Add(ids, vectors.AsSpan(0, Known * pixels));
            var nearest = index.SearchMany(vectors.AsSpan(Known * pixels), K);
            int asked = nearest.Length / K;
            double accuracy = Enumerable.Range(0, asked).Average(q =>
                nearest[(q * K)..(q * K + K)].GroupBy(n => labels.Data[n.Id]).MaxBy(g => g.Count())!.Key == labels.Data[Known + q] ? 1.0 : 0);
            report.Emit("ann-classify", config, "accuracy", accuracy, "share", 0);
        }
    }
}
