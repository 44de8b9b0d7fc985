using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>The formula of an optimizer for one register of elements: changes p and the moments m, v and w by the gradient g.</summary>
interface IUpdate<T> where T : unmanaged
{
    /// <summary>How many of m, v and w it uses.</summary>
    static abstract int Moments { get; }

    void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> m, ref Vector<T> v, ref Vector<T> w);
}

/// <summary>One pass over a parameter, its gradient and its moments.</summary>
static class UpdatePass
{
    /// <summary>Changes the parameter, now or where a batch is being gathered with the others.</summary>
    internal static void Run<T, TUpdate>(TUpdate update, ParameterState state, Tensor gradient)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TUpdate : struct, IUpdate<T>
    {
        var p = state.Parameter;
        if (gradient.Shape != p.Shape)
            throw new ShapeException($"Step: a parameter of shape {p.Shape} has a gradient of shape {gradient.Shape}.");
        bool isPlain = p.IsContiguous && p.DType == state.WorkType && gradient.IsContiguous && gradient.DType == state.WorkType;
        var target = p;
        if (!isPlain)
        {
            target = p.Detach().To(state.WorkType).Contiguous();
            gradient = gradient.Detach().To(state.WorkType).Contiguous();
        }
        var pass = new Pass<T, TUpdate>(update, target, gradient, TUpdate.Moments > 0 ? state.Moment(0) : null,
            TUpdate.Moments > 1 ? state.Moment(1) : null, TUpdate.Moments > 2 ? state.Moment(2) : null);
        if (p.Elements > UpdateBatch.Least && UpdateBatch.Current is { } batch)
        {
            batch.Add(new Job<T, TUpdate>(pass, p, target));
            return;
        }
        pass.Part(0, p.Elements);
        Finish(p, target);
        GC.KeepAlive(gradient);
    }

    static void Finish(Tensor p, Tensor target)
    {
        if (ReferenceEquals(target, p)) p.MarkChanged();
        else p.Copy_(target);
    }

    sealed class Job<T, TUpdate>(Pass<T, TUpdate> pass, Tensor p, Tensor target) : UpdateJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TUpdate : struct, IUpdate<T>
    {
        internal override int Elements { get; } = p.Elements;

        internal override void Part(int start, int length) => pass.Part(start, length);

        internal override void End() => Finish(p, target);
    }

    readonly struct Pass<T, TUpdate>(TUpdate update, Tensor p, Tensor g, Tensor? m, Tensor? v, Tensor? w)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TUpdate : struct, IUpdate<T>
    {
        internal void Part(int start, int length)
        {
            var ps = p.AsSpan<T>().Slice(start, length);
            var gs = g.AsSpan<T>().Slice(start, length);
            var ms = m is null ? default : m.AsSpan<T>().Slice(start, length);
            var vs = v is null ? default : v.AsSpan<T>().Slice(start, length);
            var ws = w is null ? default : w.AsSpan<T>().Slice(start, length);
            int done = length - length % Vector<T>.Count;
            Whole(ref MemoryMarshal.GetReference(ps), ref MemoryMarshal.GetReference(gs), ref MemoryMarshal.GetReference(ms), ref MemoryMarshal.GetReference(vs),
                ref MemoryMarshal.GetReference(ws), (nuint)done);
            if (done < length)
                Rest(ps[done..], gs[done..], m is null ? ms : ms[done..], v is null ? vs : vs[done..], w is null ? ws : ws[done..]);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Whole(ref T p, ref T g, ref T m, ref T v, ref T w, nuint count)
        {
            var by = update;
            for (nuint i = 0; i < count; i += (nuint)Vector<T>.Count)
            {
                Vector<T> pi = Vector.LoadUnsafe(ref p, i), mi = default, vi = default, wi = default;
                if (TUpdate.Moments > 0) mi = Vector.LoadUnsafe(ref m, i);
                if (TUpdate.Moments > 1) vi = Vector.LoadUnsafe(ref v, i);
                if (TUpdate.Moments > 2) wi = Vector.LoadUnsafe(ref w, i);
                by.Apply(ref pi, Vector.LoadUnsafe(ref g, i), ref mi, ref vi, ref wi);
                pi.StoreUnsafe(ref p, i);
                if (TUpdate.Moments > 0) mi.StoreUnsafe(ref m, i);
                if (TUpdate.Moments > 1) vi.StoreUnsafe(ref v, i);
                if (TUpdate.Moments > 2) wi.StoreUnsafe(ref w, i);
            }
        }

        /// <summary>Fewer elements than a register holds, through a register padded with zeros.</summary>
        void Rest(Span<T> ps, ReadOnlySpan<T> gs, Span<T> ms, Span<T> vs, Span<T> ws)
        {
            Vector<T> p = Load(ps), g = Load(gs), m = Load(ms), v = Load(vs), w = Load(ws);
            update.Apply(ref p, g, ref m, ref v, ref w);
            Store(p, ps);
            Store(m, ms);
            Store(v, vs);
            Store(w, ws);
        }

        static Vector<T> Load(ReadOnlySpan<T> from)
        {
            var register = Vector<T>.Zero;
            from.CopyTo(MemoryMarshal.Cast<Vector<T>, T>(new Span<Vector<T>>(ref register)));
            return register;
        }

        static void Store(Vector<T> register, Span<T> to) =>
            MemoryMarshal.Cast<Vector<T>, T>(new Span<Vector<T>>(ref register))[..to.Length].CopyTo(to);
    }
}
