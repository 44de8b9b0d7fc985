using Descent.Tensors.Codegen;
using static Iced.Intel.AssemblerRegisters;

namespace Descent.Tensors.Kernels;

/// <summary>What a machine can do at most, as a loop that does nothing else.</summary>
enum SpeedLoop
{
    /// <summary>Independent multiply-adds on registers; arguments: rounds.</summary>
    MultiplyAdd,

    /// <summary>Vectors read and added up; arguments: rounds, memory.</summary>
    Read,

    /// <summary>a = b + s·c; arguments: rounds, a, b, c.</summary>
    Triad,
}

/// <summary>Which loop, for which vectors of float32.</summary>
readonly record struct SpeedSpecification(IsaTier Tier, SpeedLoop Loop)
{
    static readonly KernelCache<SpeedSpecification> s_kernels = new("speed", Emit);

    public nint FindEntry() => s_kernels.Find(this);

    /// <summary>Vectors of a round.</summary>
    public int VectorsOfRound => Loop switch
    {
        // Enough chains to hide the latency of four cycles on two units, and as many as registers allow.
        SpeedLoop.MultiplyAdd => Tier >= IsaTier.Avx512 ? 24 : 12,
        SpeedLoop.Read => 8,
        _ => 4,
    };

    static KernelEmitter Emit(SpeedSpecification what)
    {
        int vectors = what.VectorsOfRound;
        var e = new KernelEmitter(what.Tier, arguments: 4, registers: 0, vectors + 2);
        var rounds = e.Argument(0);
        var sums = e.Vectors(vectors);
        VectorRegister x = e.Vector(), y = e.Vector();
        e.Broadcast(x, 0.999999);
        e.Broadcast(y, 1e-7);
        foreach (var sum in sums) e.Zero(sum);
        e.Loop(rounds, () =>
        {
            for (int i = 0; i < vectors; i++)
                switch (what.Loop)
                {
                    case SpeedLoop.MultiplyAdd:
                        e.Emit(VectorInstruction.Horner, sums[i], x, y);
                        break;
                    case SpeedLoop.Read:
                        e.Emit(VectorInstruction.Add, sums[i], sums[i], __[e.Argument(1) + i * e.VectorBytes]);
                        break;
                    default:
                        e.Load(sums[i], __[e.Argument(2) + i * e.VectorBytes]);
                        e.Emit(VectorInstruction.MultiplyAdd, sums[i], x, __[e.Argument(3) + i * e.VectorBytes]);
                        e.Store(__[e.Argument(1) + i * e.VectorBytes], sums[i]);
                        break;
                }
            for (int i = 1; i < 4 && what.Loop != SpeedLoop.MultiplyAdd; i++)
                if (i == 1 || what.Loop == SpeedLoop.Triad) e.Code.add(e.Argument(i), vectors * e.VectorBytes);
        });
        return e;
    }
}
