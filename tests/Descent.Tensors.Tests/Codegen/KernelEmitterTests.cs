using Descent.Tensors.Codegen;
using Descent.Testing;
using static Iced.Intel.AssemblerRegisters;

namespace Descent.Tensors.Tests.Codegen;

/// <summary>y += a·x, written with all that an emitter offers, on every tier that this machine has.</summary>
public sealed unsafe class KernelEmitterTests
{
    readonly record struct Axpy(IsaTier Tier, bool Doubles);

    static readonly KernelCache<Axpy> s_kernels = new("axpy", Emit);

    static KernelEmitter Emit(Axpy what)
    {
        var e = new KernelEmitter(what.Tier, arguments: 4, registers: 2, vectors: 6, what.Doubles);
        var (n, a, x, y) = (e.Argument(0), e.Argument(1), e.Argument(2), e.Argument(3));
        VectorRegister scale = e.Vector(), v0 = e.Vector(), v1 = e.Vector();
        e.Broadcast(scale, __[a]);
        e.LoopBy(n, 2 * e.Lanes, () =>
        {
            e.Load(v0, __[y]);
            e.Load(v1, __[y + e.VectorBytes]);
            e.Emit(VectorInstruction.MultiplyAdd, v0, scale, __[x]);
            e.Emit(VectorInstruction.MultiplyAdd, v1, scale, __[x + e.VectorBytes]);
            e.Store(__[y], v0);
            e.Store(__[y + e.VectorBytes], v1);
            e.Code.add(x, 2 * e.VectorBytes);
            e.Code.add(y, 2 * e.VectorBytes);
        });
        e.LoopBy(n, e.Lanes, () =>
        {
            e.Load(v0, __[y]);
            e.Emit(VectorInstruction.MultiplyAdd, v0, scale, __[x]);
            e.Store(__[y], v0);
            e.Code.add(x, e.VectorBytes);
            e.Code.add(y, e.VectorBytes);
        });
        var mask = e.Mask(n);
        e.Load(v0, __[y], mask);
        e.Load(v1, __[x], mask);
        e.Emit(VectorInstruction.MultiplyAdd, v0, scale, v1);
        e.Store(__[y], v0, mask);
        return e;
    }

    public static TheoryData<IsaTier, bool> Kinds => new() { { IsaTier.Avx2, false }, { IsaTier.Avx2, true }, { IsaTier.Avx512, false }, { IsaTier.Avx512, true } };

    [Theory, MemberData(nameof(Kinds))]
    public void A_kernel_does_every_length_and_touches_nothing_beyond(IsaTier tier, bool doubles)
    {
        if (!Tiers.CanRun(tier)) return;
        nint entry = s_kernels.Find(new(tier, doubles));
        if (entry == 0)
        {
            Assert.NotNull(MachineCode.Refusal);
            return;
        }
        for (int n = 0; n < 70; n++)
        {
            if (doubles) Check<double>(n, entry);
            else Check<float>(n, entry);
        }
    }

    static void Check<T>(int n, nint entry) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        foreach (bool atEnd in (ReadOnlySpan<bool>)[false, true])
        {
            using var a = new GuardedMemory<T>(1, atEnd);
            using var x = new GuardedMemory<T>(n, atEnd);
            using var y = new GuardedMemory<T>(n, atEnd);
            a.Span[0] = T.CreateChecked(1.5);
            for (int i = 0; i < n; i++)
            {
                x.Span[i] = i % 7 == 3 ? T.NaN : i % 11 == 5 ? T.PositiveInfinity : i % 13 == 1 ? T.Epsilon : T.CreateChecked(i + 0.3);
                y.Span[i] = T.CreateChecked(i * i);
            }
            T[] expected = [.. Enumerable.Range(0, n).Select(i => T.FusedMultiplyAdd(a.Span[0], x.Span[i], y.Span[i]))];
            ((delegate* unmanaged[SuppressGCTransition]<nint, T*, T*, T*, void>)entry)(n, a.Pointer, x.Pointer, y.Pointer);
            Assert.Equal(expected, y.Span.ToArray());
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Masks_known_in_advance_cut_as_those_counted(IsaTier tier, bool doubles)
    {
        if (!Tiers.CanRun(tier) || MachineCode.Refusal is not null) return;
        int lanes = new KernelEmitter(tier, 0, 0, 0, doubles).Lanes, bytes = doubles ? 8 : 4;
        for (int count = 0; count <= lanes; count++)
        {
            var e = new KernelEmitter(tier, arguments: 2, registers: 3, vectors: 4, doubles);
            var (from, to) = (e.Argument(0), e.Argument(1));
            var v = e.Vector();
            var mask = e.Mask(count);
            e.Load(v, __[from], mask);
            e.Emit(VectorInstruction.Add, v, v, v);
            e.Store(__[to], v, mask);
            using var code = e.Build("copy");
            using var source = new GuardedMemory<byte>(count * bytes, atEnd: true);
            using var target = new GuardedMemory<byte>(count * bytes, atEnd: true);
            for (int i = 0; i < count; i++)
            {
                if (doubles) ((double*)source.Pointer)[i] = i + 1;
                else ((float*)source.Pointer)[i] = i + 1;
            }
            ((delegate* unmanaged[SuppressGCTransition]<byte*, byte*, void>)code!.Entry)(source.Pointer, target.Pointer);
            for (int i = 0; i < count; i++)
                Assert.Equal(2 * (i + 1), doubles ? ((double*)target.Pointer)[i] : ((float*)target.Pointer)[i]);
        }
    }

    [Fact]
    public void Registers_that_belong_to_the_caller_are_kept()
    {
        if (!Tiers.CanRun(IsaTier.Avx2) || MachineCode.Refusal is not null) return;
        var e = new KernelEmitter(IsaTier.Avx2, arguments: 1, registers: 11, vectors: 16);
        for (int i = 0; i < 11; i++) e.Code.mov(e.Register(), -1L);
        for (int i = 0; i < 16; i++) e.Zero(e.Vector());
        e.Code.mov(__qword_ptr[e.Argument(0)], 42);
        using var code = e.Build("clobber");
        long sum = 0, value = 0;
        double kept = 0.1;
        for (int i = 0; i < 1000; i++)
        {
            ((delegate* unmanaged[SuppressGCTransition]<long*, void>)code!.Entry)(&value);
            sum += value + i;
            kept += 0.5;
        }
        Assert.Equal(42_000 + 499_500, sum);
        Assert.Equal(500.1, kept);
    }

    [Fact]
    public void More_registers_than_there_are_is_an_error_of_the_author() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new KernelEmitter(IsaTier.Avx2, 4, 0, 17));

    [Fact]
    public void The_disassembly_shows_the_instructions_up_to_the_return()
    {
        string text = KernelDump.Disassemble(Emit(new(IsaTier.Avx512, false)).Assemble());
        Assert.Contains("vfmadd231ps zmm", text, StringComparison.Ordinal);
        Assert.EndsWith("ret", text.TrimEnd(), StringComparison.Ordinal);
    }
}
