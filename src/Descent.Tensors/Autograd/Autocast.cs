namespace Descent.Tensors;

/// <summary>
/// Mixed precision: regions in which matrix products, linear layers, convolutions and attention run in a narrow type, and
/// softmax, reductions and losses in float32. Everything else takes the type of its inputs; normalisation computes in float32.
/// </summary>
/// <remarks>
/// Micikevicius et al., "Mixed Precision Training", 2018, arXiv:1710.03740. Which operation is which follows PyTorch's
/// autocast for CPUs. Conversions are part of the graph, so that parameters stay float32 and so do their gradients; within a
/// region each parameter is converted once. float64 is left alone. A backward pass runs outside of any region, in the types
/// that the forward pass chose.
/// </remarks>
public static class Autocast
{
    [ThreadStatic] static Region? t_region;

    /// <summary>The narrow type of the region that this thread is in, or null outside of any.</summary>
    public static DType? Current => t_region?.Type;

    /// <summary>Until disposed, products on this thread run in a narrow type.</summary>
    /// <param name="type">Float16 or BFloat16.</param>
    /// <exception cref="ArgumentException"><paramref name="type"/> is neither.</exception>
    public static Scope Enter(DType type = DType.BFloat16)
    {
        if (!type.IsReduced) throw new ArgumentException($"Autocast: the type is {type}; expected Float16 or BFloat16.", nameof(type));
        return new(t_region is { } outer && outer.Type == type ? outer : new(type));
    }

    /// <summary>Until disposed, operations on this thread take the types of their inputs, also inside of a region.</summary>
    public static Scope Disable() => new(null);

    /// <summary>Until disposed, the same region with no parameter converted yet: what runs in it can be run again elsewhere.</summary>
    internal static Scope Renew() => new(t_region is { } outer ? new(outer.Type) : null);

    /// <summary>Restores on disposal what was before.</summary>
    public readonly struct Scope : IDisposable
    {
        readonly Region? _outer;

        internal Scope(Region? region) => (_outer, t_region) = (t_region, region);

        /// <inheritdoc/>
        public void Dispose() => t_region = _outer;
    }

    /// <summary>An operand of a product: in a region, in its narrow type.</summary>
    internal static Tensor Low(Tensor x) => t_region is { } region && x.DType != region.Type && x.DType.IsFloatingPoint && x.DType != DType.Float64 ? region.Convert(x) : x;

    /// <summary>An input of what needs more digits: in a region, in float32.</summary>
    internal static Tensor Full(Tensor x) => t_region is not null && x.DType.IsReduced ? x.To(DType.Float32) : x;

    internal sealed class Region(DType type)
    {
        // A conversion made under NoGrad carries no gradient, so it does not serve where one is wanted.
        readonly Dictionary<(Tensor Leaf, bool Recorded), (Tensor Low, int Version)> _cache = new(ByReference.Instance);

        internal DType Type => type;

        internal Tensor Convert(Tensor x)
        {
            if (!x.IsLeaf || !x.RequiresGrad) return x.To(type);
            var key = (x, Autograd.IsEnabled);
            if (_cache.TryGetValue(key, out var known) && known.Version == x.Version) return known.Low;
            var low = x.To(type);
            _cache[key] = (low, x.Version);
            return low;
        }

        sealed class ByReference : IEqualityComparer<(Tensor Leaf, bool Recorded)>
        {
            internal static readonly ByReference Instance = new();

            public bool Equals((Tensor Leaf, bool Recorded) a, (Tensor Leaf, bool Recorded) b) => ReferenceEquals(a.Leaf, b.Leaf) && a.Recorded == b.Recorded;

            public int GetHashCode((Tensor Leaf, bool Recorded) key) => HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(key.Leaf), key.Recorded);
        }
    }
}
