using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Descent.Tensors.Kernels;

namespace Descent.Tensors.Tests.Kernels;

/// <summary>
/// Loops over elements are compiled once, at full speed: a process would else run them for its first second as they are compiled to count
/// calls, and compile them three times beside the work.
/// </summary>
public sealed class CompiledOnceTests
{
    static readonly Dictionary<int, OpCode> s_codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(c => (int)(ushort)c.Value);

    // Loops over tiles, not elements: they call generated code by way of objects whose types only counted calls tell the compiler.
    static readonly Type[] s_counted = [typeof(GemmJob<,,>), typeof(GemmDirect<>), typeof(WeightGradients<>)];

    [Fact]
    public void Kernels_that_loop_over_pointers_are_compiled_at_full_speed_at_once()
    {
        var loops = typeof(Gemm).Assembly.GetTypes().Where(t => t.Namespace == typeof(Gemm).Namespace && !t.IsDefined(typeof(CompilerGeneratedAttribute)) && !s_counted.Contains(t))
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(m => !m.IsDefined(typeof(CompilerGeneratedAttribute)) && m.GetParameters().Any(p => p.ParameterType.IsPointer) && Loops(m)).ToArray();
        Assert.NotEmpty(loops);
        string[] lacking = [.. loops.Where(m => (m.MethodImplementationFlags & (MethodImplAttributes.AggressiveOptimization | MethodImplAttributes.AggressiveInlining)) == 0)
            .Select(m => $"{m.DeclaringType!.Name}.{m.Name}")];
        Assert.True(lacking.Length == 0, "These lack [MethodImpl(MethodImplOptions.AggressiveOptimization)]: " + string.Join(", ", lacking));
    }

    [Fact]
    public void Loops_are_told_from_other_methods()
    {
        Assert.True(Loops(((Func<int[], int>)Sum).Method));
        Assert.False(Loops(((Func<int[], int>)First).Method));

        static int Sum(int[] x)
        {
            int sum = 0;
            for (int i = 0; i < x.Length; i++) sum += x[i];
            return sum;
        }

        static int First(int[] x) => x.Length == 0 ? 0 : x[0];
    }

    /// <summary>Whether a branch goes back.</summary>
    static bool Loops(MethodInfo method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } il) return false;
        for (int at = 0; at < il.Length;)
        {
            int code = il[at++];
            if (code == 0xFE) code = code << 8 | il[at++];
            var kind = s_codes[code].OperandType;
            if (kind == OperandType.ShortInlineBrTarget && (sbyte)il[at] < 0) return true;
            if (kind == OperandType.InlineBrTarget && BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(at)) < 0) return true;
            at += kind switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(at)),
                _ => 4,
            };
        }
        return false;
    }
}
