using System.Numerics;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>A mean of a module's parameters over training: <c>mean ← mean + w (p − mean)</c>, with a weight w that the kind of mean sets.</summary>
/// <remarks>The mean is kept in float32, or float64 for parameters of that type, and starts as a copy of the parameters.</remarks>
public abstract class WeightAverage
{
    const string Count = "n_averaged";

    readonly Module _model;
    readonly (string Key, Tensor Live, ParameterState Mean)[] _entries;
    bool _isSwapped;

    private protected WeightAverage(Module model, bool includeBuffers)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        var tensors = model.NamedParameters().Select(p => (Key: p.Name, Live: (Tensor)p.Parameter));
        if (includeBuffers) tensors = tensors.Concat(model.NamedBuffers().Where(b => b.Buffer.DType.IsFloatingPoint));
        using var _ = Autograd.NoGrad();
        _entries = [.. tensors.Select(t => (t.Key, t.Live, new ParameterState(t.Live.Detach().To(t.Live.DType == DType.Float64 ? DType.Float64 : DType.Float32).Clone())))];
    }

    /// <summary>How many times <see cref="Update"/> was called.</summary>
    public long Updates { get; private set; }

    /// <summary>The weight of the newest parameters at an update, counted from 1; 1 at the first.</summary>
    private protected abstract double Weight(long update);

    /// <summary>Takes the parameters as they are now into the mean.</summary>
    /// <exception cref="InvalidOperationException">The module holds the mean itself.</exception>
    public void Update()
    {
        if (_isSwapped) throw new InvalidOperationException($"{GetType().Name}: the module holds the mean. Dispose what SwapIn gave before the next update.");
        double weight = Weight(++Updates);
        foreach (var (_, live, mean) in _entries)
            if (mean.WorkType == DType.Float32) UpdatePass.Run<float, Towards<float>>(new(weight), mean, live);
            else UpdatePass.Run<double, Towards<double>>(new(weight), mean, live);
    }

    /// <summary>Puts the mean into the module: <c>using (average.SwapIn()) Evaluate(model);</c></summary>
    /// <returns>Gives the module its own parameters back, to the bit, when it is disposed.</returns>
    /// <exception cref="InvalidOperationException">It is in already.</exception>
    public IDisposable SwapIn()
    {
        if (_isSwapped) throw new InvalidOperationException($"{GetType().Name}: the module holds the mean already.");
        using var _ = Autograd.NoGrad();
        var kept = Array.ConvertAll(_entries, e => e.Live.Detach().Clone());
        CopyTo(_model);
        _isSwapped = true;
        return new Swap(this, kept);
    }

    /// <summary>Copies the mean into a module of the same structure, such as the one it is of.</summary>
    /// <exception cref="StateDictException">A key or a shape does not fit; nothing was copied.</exception>
    public void CopyTo(Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var state = model.StateDict();
        foreach (var (key, _, mean) in _entries) state[key] = mean.Parameter;
        model.LoadStateDict(state);
    }

    /// <summary>The mean by the module's keys, and the count of updates. The tensors are copies.</summary>
    public OrderedDictionary<string, Tensor> StateDict()
    {
        var state = new OrderedDictionary<string, Tensor> { [Count] = Tensor.From<long>([Updates]) };
        foreach (var (key, _, mean) in _entries) state.Add(key, mean.Parameter.Clone());
        return state;
    }

    /// <summary>Goes on from a state.</summary>
    /// <exception cref="StateDictException">It is of another module; nothing was loaded.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var shapes = _entries.Select(e => (e.Key, e.Live.Shape)).Append((Count, [1])).ToDictionary();
        var difference = new StateDictDifference
        {
            Missing = [.. shapes.Keys.Where(k => !state.ContainsKey(k))],
            Unexpected = [.. state.Keys.Where(k => !shapes.ContainsKey(k))],
            Mismatched = [.. from s in shapes where state.TryGetValue(s.Key, out var t) && t.Shape != s.Value select (s.Key, state[s.Key].Shape, s.Value)],
        };
        if (!difference.IsEmpty) throw new StateDictException($"The state does not fit this {GetType().Name} and its module; nothing was loaded.", difference);
        using var _ = Autograd.NoGrad();
        Updates = state[Count].Item<long>();
        foreach (var (key, _, mean) in _entries) mean.Parameter.Copy_(state[key].Detach());
    }

    readonly struct Towards<T>(double weight) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        readonly Vector<T> _weight = Lanes<T>.All(weight);
        readonly bool _isWhole = weight == 1;

        public static int Moments => 0;

        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> m, ref Vector<T> v, ref Vector<T> w) => p = _isWhole ? g : p + (g - p) * _weight;
    }

    sealed class Swap(WeightAverage owner, Tensor[] kept) : IDisposable
    {
        public void Dispose()
        {
            if (!owner._isSwapped) return;
            using var _ = Autograd.NoGrad();
            foreach (var (entry, before) in owner._entries.Zip(kept)) entry.Live.Copy_(before);
            owner._isSwapped = false;
        }
    }
}
