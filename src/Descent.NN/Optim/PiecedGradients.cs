using Descent.Tensors;

namespace Descent.NN;

/// <summary>What is done to a piece of a gradient.</summary>
interface IPieceBody
{
    PiecedGradients Sources { get; }

    void Single(int piece, Span<float> part);

    void Wide(int piece, Span<double> part);
}

/// <summary>Gradients cut into pieces of fixed size that are counted through, so that the threads share all of them as one.</summary>
sealed class PiecedGradients
{
    const int Piece = 4096;

    // Pieces that a thread takes together, 64 KiB.
    const int Together = 4;

    readonly Tensor[] _gradients, _work;
    readonly int[] _ends;

    /// <param name="gradients">Of any layout; narrow types are worked on in float32.</param>
    internal PiecedGradients(Tensor[] gradients)
    {
        _gradients = gradients;
        _work = [.. gradients.Select(g => g.Detach().To(g.DType == DType.Float64 ? DType.Float64 : DType.Float32).Contiguous())];
        _ends = new int[gradients.Length];
        for (int i = 0, end = 0; i < _ends.Length; i++) _ends[i] = end += (gradients[i].Elements + Piece - 1) / Piece;
    }

    internal int Pieces => _ends.Length == 0 ? 0 : _ends[^1];

    /// <summary>The piece after the last one of a gradient.</summary>
    internal int End(int gradient) => _ends[gradient];

    internal void ForEach<TBody>(in TBody body) where TBody : struct, IPieceBody =>
        WorkerPool.For((Pieces + Together - 1) / Together, new Run<TBody>(body));

    /// <summary>Writes back what was worked on in a copy.</summary>
    internal void Store()
    {
        for (int i = 0; i < _gradients.Length; i++)
        {
            var (gradient, work) = (_gradients[i], _work[i]);
            if (gradient.IsContiguous && gradient.DType == work.DType) gradient.MarkChanged();
            else gradient.Copy_(work);
        }
    }

    readonly struct Run<TBody>(TBody body) : IParallelBody where TBody : struct, IPieceBody
    {
        public void Invoke(int index)
        {
            var sources = body.Sources;
            int piece = index * Together, last = Math.Min(sources.Pieces, piece + Together);
            int owner = Array.BinarySearch(sources._ends, piece + 1);
            for (owner = owner < 0 ? ~owner : owner; piece < last; piece++)
            {
                while (piece >= sources._ends[owner]) owner++;
                // Of gradients with the same end all but the first are empty.
                while (owner > 0 && sources._ends[owner - 1] == sources._ends[owner]) owner--;
                var work = sources._work[owner];
                int start = (piece - (owner == 0 ? 0 : sources._ends[owner - 1])) * Piece, length = Math.Min(Piece, work.Elements - start);
                if (work.DType == DType.Float64) body.Wide(piece, work.AsSpan<double>().Slice(start, length));
                else body.Single(piece, work.AsSpan<float>().Slice(start, length));
            }
        }
    }
}
