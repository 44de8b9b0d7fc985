using System.Diagnostics;

namespace Descent.Tensors;

/// <summary>An operation, or its gradient, made a NaN or an infinity while <see cref="Autograd.DetectAnomaly"/> was on.</summary>
public sealed class AnomalyException(string message) : ArithmeticException(message);

/// <summary>Finds the operation that first made a NaN or an infinity.</summary>
static class Anomaly
{
    /// <summary>Whether they ever were looked for: every operation asks, and what belongs to a thread is slow to look up.</summary>
    static bool s_used;

    [ThreadStatic] static bool t_detecting, t_inBackward;

    /// <summary>Operations whose infinities are somebody's choice.</summary>
    static readonly HashSet<string> s_constants =
        ["MaskedFill", "MaskedFill_", "MaskedScatter", "Fill_", "IndexFill", "IndexFill_", "Where", "Full", "FullLike", "Pad", "Clone", "To"];

    internal static bool IsDetecting
    {
        get => s_used && t_detecting;
        set
        {
            t_detecting = value;
            s_used |= value;
        }
    }

    internal static void CheckForward(Tensor y, ReadOnlySpan<Tensor> inputs, string operation)
    {
        // What a backward function computes with is reported by the operation it belongs to.
        if (t_inBackward || Census.Of(y) is not { IsClean: false } made) return;
        int origin = -1;
        for (int i = 0; i < inputs.Length && origin < 0; i++)
        {
            var given = Census.Of(inputs[i]);
            if (made.NaNs > 0 ? given.NaNs > 0 : !given.IsClean) origin = i;
        }
        if (made.NaNs == 0 && (origin >= 0 || s_constants.Contains(operation))) return;
        throw new AnomalyException($"{operation} returned {made} of {y.Elements} elements, shape {y.Shape}" +
            (origin >= 0 ? $"; its input {origin} of shape {inputs[origin].Shape} held NaN already" : "; its inputs did not") +
            $". Called {CallSite()}.");
    }

    /// <summary>Runs a node's gradient and looks at what it made.</summary>
    internal static void Backward(Node node, ReadOnlySpan<Tensor?> gradients, Span<Tensor?> results)
    {
        bool previous = t_inBackward;
        t_inBackward = true;
        try
        {
            node.Backward(gradients, results);
        }
        catch (InvalidOperationException e) when (node.CallSite is not null)
        {
            throw new InvalidOperationException($"{e.Message} The operation was {node.Name}, called {node.CallSite}.", e);
        }
        finally
        {
            t_inBackward = previous;
        }
        Census given = default;
        foreach (var dy in gradients) given += Census.Of(dy);
        for (int i = 0; i < results.Length; i++)
        {
            var made = Census.Of(results[i]);
            if (made.IsClean || (made.NaNs == 0 && !given.IsClean)) continue;
            throw new AnomalyException($"The gradient of {node.Name} with respect to its input {i} holds {made} of " +
                $"{results[i]!.Elements} elements, shape {results[i]!.Shape}" +
                (given.NaNs > 0 ? "; the gradient that it was given held NaN already" : "") + ". " + (node.CallSite is { } site
                    ? $"{node.Name} was called {site}." : "Start DetectAnomaly() before the forward pass to see where it was called."));
        }
    }

    /// <summary>Where the running operation was called from outside of this assembly; null unless anomalies are looked for.</summary>
    internal static string? CallSite()
    {
        if (!IsDetecting) return null;
        string own = typeof(Anomaly).Assembly.GetName().Name!;
        foreach (var frame in new StackTrace(1, fNeedFileInfo: true).GetFrames())
        {
            if (DiagnosticMethodInfo.Create(frame) is not { } method) continue;
            var assembly = method.DeclaringAssemblyName.AsSpan();
            int comma = assembly.IndexOf(',');
            if ((comma < 0 ? assembly : assembly[..comma]).SequenceEqual(own)) continue;
            return $"in {method.DeclaringTypeName}.{method.Name}" + (frame.GetFileName() is { } file ? $" at {file}:{frame.GetFileLineNumber()}" : "");
        }
        return "from an unknown place";
    }

    /// <summary>How many elements are no numbers, and how many are infinite.</summary>
    readonly record struct Census(int NaNs, int Infinities)
    {
        internal bool IsClean => NaNs == 0 && Infinities == 0;

        public static Census operator +(Census a, Census b) => new(a.NaNs + b.NaNs, a.Infinities + b.Infinities);

        internal static Census Of(Tensor? x)
        {
            if (x is null || !x.DType.IsFloatingPoint) return default;
            // Copied without an operation, which would be looked at in turn.
            var wide = Tensor.Uninitialized(x.Shape, DType.Float64);
            Copying.CopyInto(wide, x);
            int nans = 0, infinities = 0;
            foreach (double v in wide.AsSpan<double>())
            {
                if (double.IsNaN(v)) nans++;
                else if (double.IsInfinity(v)) infinities++;
            }
            GC.KeepAlive(wide);
            wide.Dispose();
            return new(nans, infinities);
        }

        public override string ToString() => NaNs == 0 ? $"{Infinities} infinities" : Infinities == 0 ? $"{NaNs} NaN" : $"{NaNs} NaN and {Infinities} infinities";
    }
}
