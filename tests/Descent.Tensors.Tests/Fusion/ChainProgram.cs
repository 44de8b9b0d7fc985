namespace Descent.Tensors.Tests.Fusion;

/// <summary>
/// A random program of elementwise operations, views, in-place changes, reads and disposals, drawn by a seed: run with
/// operations put off or not, it must give the same bits.
/// </summary>
sealed class ChainProgram(int seed, DType type, bool gradients)
{
    /// <summary>Functions whose last digit in float64 depends on where in memory the elements lie, also in single operations.</summary>
    const int Unsteady = 4;

    static readonly Func<Tensor, Tensor>[] s_maps =
    [
        t => t.Exp(), t => t.Sigmoid(), t => t.Tanh(), t => t.Log(), t => t.Sqrt(), t => t.Rsqrt(), t => t.Reciprocal(), t => t.Erf(), t => t.Neg(),
        t => t.Abs(), t => t.Square(), t => t.Relu(), t => t.Gelu(), t => t.Gelu(GeluApproximation.Tanh), t => t.Silu(), t => t.QuickGelu(),
        t => t.Mish(), t => t.Softplus(2, 5), t => t.LeakyRelu(0.1), t => t.Elu(0.7), t => t.Hardswish(), t => t.Floor(),
        t => t.Clamp(-0.5, 0.75), t => t + 1.5, t => 2 - t, t => t * -0.3, t => t / 3, t => 1 / t, t => t.Pow(2), t => t.Softshrink(), t => t.NanToNum(),
        t => t - t.Sum(), t => t * t.Mean(-1, keepDim: true), t => t.Square().Sum(-1, keepDim: true) + t, t => (t * 0.5).Sum(0) - t,
        t => t.MaskedFill(t.Gt(0.5), -1), t => Tensor.Where(t.Lt(0), t * 0.1, t),
    ];

    static readonly Func<Tensor, Tensor, Tensor>[] s_zips =
    [
        (a, b) => a + b, (a, b) => a - b, (a, b) => a * b, (a, b) => a / b, (a, b) => a.Maximum(b), (a, b) => a.Minimum(b),
        (a, b) => a.Lerp(b, 0.3), (a, b) => a.Addcmul(b, b, 0.5), (a, b) => Tensor.Where(a.Ge(b), a, b), (a, b) => a.Atan2(b),
    ];

    static readonly Action<Tensor>[] s_mapsInPlace =
    [
        t => t.Exp_(), t => t.Tanh_(), t => t.Sigmoid_(), t => t.Log_(), t => t.Mul_(0.9), t => t.Add_(-0.25), t => t.Relu_(), t => t.Zero_(), t => t.Fill_(0.3),
        t => t.Clamp_(-1, 1), t => t.Neg_(), t => t.Abs_(), t => t.Div_(1.7), t => t.Square_(), t => t.Round_(),
    ];

    static readonly Action<Tensor, Tensor>[] s_zipsInPlace =
    [
        (t, b) => t.Add_(b), (t, b) => t.Sub_(b), (t, b) => t.Mul_(b), (t, b) => t.Div_(b), (t, b) => t.Maximum_(b), (t, b) => t.Add_(b, 0.1),
        (t, b) => t.Addcmul_(b, b, 0.2), (t, b) => t.Lerp_(b, 0.5), (t, b) => t.Copy_(b),
    ];

    readonly Random _random = new(seed);

    /// <summary>What the program reads, in order, as the bits of doubles; every NaN is the same.</summary>
    internal List<double> Run(int steps)
    {
        var seen = new List<double>();
        Generator.ManualSeed((ulong)seed);
        int rows = _random.Next(1, 40), columns = _random.Next(1, 70);
        Shape shape = [rows, columns];
        var leaves = new List<Tensor> { Draw(shape), Draw(shape), Draw([columns]), Draw([rows, 1]), Draw([]), Draw([1, columns]) };
        if (gradients)
            foreach (var leaf in leaves) leaf.RequiresGrad = true;
        var pool = new List<Tensor>(leaves);
        int steady = type == DType.Float64 ? Unsteady : 0;
        for (int step = 0; step < steps; step++)
        {
            var (x, y) = (pool[_random.Next(pool.Count)], pool[_random.Next(pool.Count)]);
            switch (_random.Next(gradients ? 14 : 20))
            {
                case < 5: pool.Add(s_maps[_random.Next(steady, s_maps.Length)](x)); break;
                case < 10: pool.Add(s_zips[_random.Next(s_zips.Length)](x, y)); break;
                case 10: pool.Add(View(x)); break;
                case 11: Read(x, seen); break;
                case 12: seen.Add(x.Version); break;
                case 13: pool.RemoveAt(_random.Next(pool.Count)); break;
                case 14 or 15: s_mapsInPlace[_random.Next(steady, s_mapsInPlace.Length)](x); break;
                case 16 or 17:
                    if (Fits(x, y)) s_zipsInPlace[_random.Next(s_zipsInPlace.Length)](x, y);
                    break;
                case 18:
                    if (x.Rank > 0 && x.Shape[0] > 1) x[1..].Mul_(1.25);
                    break;
                default:
                    if (pool.Count > 8)
                    {
                        // Disposed only where no other of the pool shares the memory: reading that would be an error either way.
                        x = pool[^1];
                        if (x.Storage.Shares == 1)
                        {
                            x.Dispose();
                            pool.Remove(x);
                        }
                    }
                    break;
            }
            if (pool.Count == 0) pool.Add(Draw(shape));
        }
        foreach (var x in pool) Read(x, seen);
        if (gradients) Differentiate(pool, leaves, seen);
        return seen;
    }

    void Differentiate(List<Tensor> pool, List<Tensor> leaves, List<double> seen)
    {
        var loss = Tensor.Zeros([], type);
        foreach (var x in pool.Where(x => x.RequiresGrad)) loss += x.Square().Sum();
        if (!loss.RequiresGrad) return;
        var gradients = Autograd.Grad([loss], [.. leaves], createGraph: true, allowUnused: true);
        var second = Tensor.Zeros([], type);
        foreach (var g in gradients.OfType<Tensor>())
        {
            Read(g, seen);
            if (g.RequiresGrad) second += (g * 1e-3).Tanh().Sum();
        }
        if (second.RequiresGrad) second.Backward();
        foreach (var leaf in leaves)
            if (leaf.Grad is { } g) Read(g, seen);
    }

    Tensor Draw(Shape shape)
    {
        var x = Tensor.Randn(shape, type) * 1.5;
        // A few of the values that formulas stumble over.
        double[] odd = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, 0, 1e-41, -1e30, 88.8, -104];
        if (x.Elements > 3 && !gradients)
            for (int i = 0; i < 3; i++) x.Reshape(-1)[_random.Next(x.Elements)].Fill_(odd[_random.Next(odd.Length)]);
        return x.Detach();
    }

    Tensor View(Tensor x) => _random.Next(5) switch
    {
        0 when x.Rank == 2 => x.Transpose(0, 1).Contiguous().Transpose(0, 1),
        1 when x.Rank == 2 => x.Reshape(-1).Reshape(x.Shape),
        2 when x.Rank == 2 => x[..1],
        3 when x.Rank > 0 => x[^1],
        _ => x.Detach(),
    };

    static bool Fits(Tensor x, Tensor y)
    {
        for (int i = 1; i <= y.Rank; i++)
            if (y.Shape[^i] != 1 && (i > x.Rank || y.Shape[^i] != x.Shape[^i])) return false;
        return y.Rank <= x.Rank;
    }

    static void Read(Tensor x, List<double> seen)
    {
        foreach (double v in x.Detach().To(DType.Float64).ToArray<double>()) seen.Add(double.IsNaN(v) ? double.NaN : v);
    }
}
