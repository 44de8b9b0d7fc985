using Descent.NN;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>
/// What a training step does beside its products, as in a transformer of 2,048 tokens: in GB/s of the bytes that must be read
/// and written at least, beside those of a plain addition of the same size.
/// </summary>
static class RowsTask
{
    const int Rows = 2_048;

    public static void Run(Report report)
    {
        Generator.ManualSeed(1);
        foreach (int width in (int[])[128, 512, 1536])
        {
            Tensor x = Tensor.Randn([Rows, width]), dy = Tensor.Randn([Rows, width]);
            long bytes = 4L * Rows * width;
            string size = $"{Rows}x{width}";
            using (Autograd.NoGrad())
                Measure(report, "add", size, "forward", 3 * bytes, () => x.Add(dy).Materialize());
            Both(report, "gelu", size, x, dy, 2, 3, x => x.Gelu());
            Both(report, "silu", size, x, dy, 2, 3, x => x.Silu());
            Both(report, "relu", size, x, dy, 2, 3, x => x.Relu());
            Both(report, "softmax", size, x, dy, 2, 3, x => x.Softmax(-1));
            Both(report, "dropout", size, x, dy, 2, 2, x => F.Dropout(x, 0.1));
            var norm = new LayerNorm([width]);
            Both(report, "layer norm", size, x, dy, 2, 3, norm.Forward);
            var rms = new RMSNorm([width]);
            Both(report, "rms norm", size, x, dy, 2, 3, rms.Forward);
            var targets = Tensor.RandInt(0, width, [Rows]);
            Both(report, "cross entropy", size, x, Tensor.Ones([]), 1, 2, x => F.CrossEntropy(x, targets));
            Tensor table = Tensor.Randn([1_000, width]), indices = Tensor.RandInt(0, 1_000, [Rows]);
            Both(report, "embedding", size, table, dy, 2, 1 + 1_000.0 / Rows, table => F.Embedding(indices, table));
            // As words come: one in k at place k.
            var words = Tensor.Rand([4 * Rows]).Mul(-Math.Log(20_000)).Exp().Mul(20_000).To(DType.Int64).ClampMax(19_999);
            var many = Tensor.Randn([4 * Rows, width]);
            Both(report, "embedding of words", $"{4 * Rows}x{width}", Tensor.Randn([20_000, width]), many, 2, 1 + 20_000.0 / (4 * Rows), table => F.Embedding(words, table));
        }
        foreach (var (name, bytes, make) in ((string, int, Func<IEnumerable<Tensor>, Optimizer>)[])
            [("sgd", 12, p => new SGD(p, 1e-3)), ("sgd momentum", 20, p => new SGD(p, 1e-3, momentum: 0.9)), ("adamw", 28, p => new AdamW(p, 1e-3))])
            foreach (var (config, shapes) in ((string, int[][])[]) [("12 of 256x1024", [.. Enumerable.Repeat((int[])[256, 1024], 12)]),
                ("2,000 of 512", [.. Enumerable.Repeat((int[])[512], 2_000)])])
            {
                Tensor[] parameters = [.. shapes.Select(s => Tensor.Randn(s))];
                foreach (var p in parameters) (p.RequiresGrad, p.Grad) = (true, Tensor.Randn(p.Shape));
                long count = parameters.Sum(p => (long)p.Elements);
                var optimizer = make(parameters);
                Measure(report, name, config, "step", bytes * count, optimizer.Step);
                if (name == "sgd") Measure(report, "clip norm", config, "step", 4 * count, () => Clipping.ClipGradNorm_(parameters, 1e9));
            }
    }

    static void Both(Report report, string name, string size, Tensor x, Tensor dy, double forward, double backward, Func<Tensor, Tensor> operation)
    {
        if (!report.Wants($"{name} {size}")) return;
        double bytes = 4.0 * dy.Elements;
        if (dy.Elements == 1) bytes = 4.0 * x.Elements;
        using (Autograd.NoGrad())
            Measure(report, name, size, "forward", (long)(forward * bytes), () => operation(x).Materialize());
        var leaf = x.Detach();
        leaf.RequiresGrad = true;
        var y = operation(leaf);
        Measure(report, name, size, "backward", (long)(backward * bytes), () =>
        {
            y.Backward(dy, retainGraph: true);
            leaf.Grad!.Materialize();
            leaf.Grad = null;
        });
    }

    static void Measure(Report report, string name, string size, string metric, long bytes, Action code)
    {
        if (!report.Wants($"{name} {size}")) return;
        var (seconds, spread) = Stopwatches.Median(code, warm: 0.15, each: 0.05);
        report.Emit("rows", $"{name} {size}", metric, bytes / seconds / 1e9, "GB/s", spread);
    }
}
