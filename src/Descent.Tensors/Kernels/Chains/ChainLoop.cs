using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>Where the elements are that a step reads or writes.</summary>
unsafe struct ChainSlot
{
    /// <summary>The first element, or null where they are in a buffer.</summary>
    internal byte* Base;

    /// <summary>Bytes from one element to the next, 0 where one element repeats.</summary>
    internal int Stride;

    /// <summary>In <see cref="Buffer"/>: the elements repeat with the rows that the loop is cut into.</summary>
    internal const int InRow = -2;

    /// <summary>The buffer, or a negative number where the elements are read in place.</summary>
    internal int Buffer;

    /// <summary>Of what is spread over a buffer: element i is number (i / Repeat) % Period of those at Base.</summary>
    internal int Period, Repeat;

    /// <summary>Bytes of an element.</summary>
    internal int Size;
}

/// <summary>A step and its slots.</summary>
struct ChainInstruction
{
    internal int A, B, Y, Arity, Single;
}

/// <summary>
/// Runs a chain block by block: each step goes over a block that stays in the first cache, so memory is read once for each
/// input and written once for each output. Pieces are cut where single operations cut them, so their results are the same bits.
/// </summary>
unsafe struct ChainLoop : IParallelBody
{
    /// <summary>Elements of a piece; divides the grain of single operations.</summary>
    internal const int Piece = Elementwise.Grain / 4;

    /// <summary>What is left of a piece when it is shorter than this goes with the block before it.</summary>
    const int ShortBlock = 64;

    const int LargestElement = 8;

    internal ChainStep[] Steps;
    internal ChainInstruction* Program;
    internal ChainSlot* Slots;
    internal int StepCount, SlotCount, BufferCount, Block, Length;

    /// <summary>The machine code of all steps, or 0.</summary>
    internal nint Kernel;

    /// <summary>Of machine code: the length of rows that inputs repeat, or 0.</summary>
    internal int Row;

    /// <summary>Pieces of a length: a remainder shorter than a register goes with the one before, unless single operations cut there too.</summary>
    internal static int Pieces(int length)
    {
        int whole = length / Piece, rest = length % Piece;
        if (rest == 0) return whole;
        bool alone = whole == 0 || rest >= ShortBlock || (length >= 2 * Elementwise.Grain && length % Elementwise.Grain == rest);
        return alone ? whole + 1 : whole;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Invoke(int index)
    {
        int start = index * Piece, end = index == Pieces(Length) - 1 ? Length : start + Piece;
        byte* scratch = Buffers();
        byte** at = stackalloc byte*[SlotCount];
        byte** operands = stackalloc byte*[2];
        // Machine code needs blocks only where inputs are spread.
        int block = Kernel != 0 && BufferCount == 0 ? int.MaxValue : Block;
        for (int i = start; i < end;)
        {
            int count = Math.Min(block, end - i);
            if (end - i - count < ShortBlock) count = end - i;
            int place = 0;
            if (Row > 0)
            {
                place = i % Row;
                count = Math.Min(count, Row - place);
            }
            Locate(at, scratch, i, count, place);
            if (Kernel != 0) ((delegate* unmanaged[SuppressGCTransition]<byte**, nint, void>)Kernel)(at, count);
            else for (int k = 0; k < StepCount; k++)
            {
                ref readonly var step = ref Program[k];
                operands[0] = at[step.A];
                operands[1] = at[step.B];
                Steps[k].Run(operands, at[step.Y], count, step.Single);
            }
            i += count;
        }
    }

    readonly int BufferBytes => (Block + ShortBlock) * LargestElement;

    /// <summary>The buffers of this thread.</summary>
    internal readonly byte* Buffers() => Scratch.Get<byte>(ScratchSlot.Chain, (nint)Math.Max(1, BufferCount) * BufferBytes);

    /// <summary>Where each slot begins for elements of a block; what is spread is put into its buffer.</summary>
    /// <param name="at">The places.</param>
    /// <param name="buffers">The buffers.</param>
    /// <param name="first">The first element.</param>
    /// <param name="count">The number of elements.</param>
    /// <param name="place">The first element's place in its row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly void Locate(byte** at, byte* buffers, int first, int count, int place)
    {
        for (int s = 0; s < SlotCount; s++)
        {
            ref readonly var slot = ref Slots[s];
            if (slot.Buffer < 0) at[s] = slot.Base + (nint)(slot.Buffer == ChainSlot.InRow ? place : first) * slot.Stride;
            else
            {
                at[s] = buffers + (nint)slot.Buffer * BufferBytes;
                if (slot.Base != null) Spread(slot, at[s], first, count);
            }
        }
    }

    /// <summary>Elements from <paramref name="start"/> on of what is spread.</summary>
    internal static void Spread(in ChainSlot slot, byte* target, int start, int count)
    {
        if (slot.Size == 4) Spread((int*)slot.Base, slot.Period, slot.Repeat, (int*)target, start, count);
        else if (slot.Size == 8) Spread((long*)slot.Base, slot.Period, slot.Repeat, (long*)target, start, count);
        else if (slot.Size == 2) Spread((short*)slot.Base, slot.Period, slot.Repeat, (short*)target, start, count);
        else Spread(slot.Base, slot.Period, slot.Repeat, target, start, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Spread<T>(T* source, int period, int repeat, T* target, int start, int count) where T : unmanaged
    {
        if (repeat == 1)
        {
            Repeat(source, period, target, start % period, count);
            return;
        }
        int run = start / repeat, place = run % period, within = start - run * repeat;
        for (int i = 0; i < count;)
        {
            int n = Math.Min(repeat - within, count - i);
            new Span<T>(target + i, n).Fill(source[place]);
            within = 0;
            if (++place == period) place = 0;
            i += n;
        }
    }

    /// <summary>Elements again and again, from one of them on: once from where they are, then from what is written, twice as much each time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Repeat<T>(T* source, int period, T* target, int place, int count) where T : unmanaged
    {
        int done = Math.Min(period - place, count);
        new ReadOnlySpan<T>(source + place, done).CopyTo(new(target, done));
        if (place > 0 && done < count)
        {
            int n = Math.Min(place, count - done);
            new ReadOnlySpan<T>(source, n).CopyTo(new(target + done, n));
            done += n;
        }
        for (int n; done < count; done += n)
        {
            n = Math.Min(done, count - done);
            new ReadOnlySpan<T>(target, n).CopyTo(new(target + done, n));
        }
    }
}
