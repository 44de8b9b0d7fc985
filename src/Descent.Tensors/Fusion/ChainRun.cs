using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Computes a value with all that it is still to be computed from, in one pass over memory.</summary>
sealed unsafe class ChainRun
{
    /// <summary>Bounds of a chain: what would be longer is run up to there first.</summary>
    internal const int MostNodes = 48, MostLeaves = 16;

    const int MostNumbers = ChainOperands.Most * MostNodes, MostSlots = MostNodes + 2 * MostLeaves + MostNumbers;

    /// <summary>Elements of a block while few buffers are needed; four of them and their inputs fit into 32 KiB.</summary>
    const int LargeBlock = 1024;

    /// <summary>Inputs of a short chain that are spread.</summary>
    const int MostSpread = 4;

    /// <summary>Bytes of a result above which it is stored past the caches; some 8 MiB at least, whatever these are said to hold.</summary>
    internal static long MostInCaches { get; set; } = Math.Max(Processor.Caches.L3, 8 << 20);

    /// <summary>Shorter ones are copied to a buffer instead.</summary>
    const int ShortestRow = 1024;

    [ThreadStatic] static ChainRun? t_run;

    /// <summary>How many runs there are, and whether one of them overwrites inputs, which another may be about to read.</summary>
    static int s_active, s_alone;

    // Kept from run to run, so that one allocates nothing but its results.
    readonly Node[] _nodes = new Node[MostNodes];
    readonly Leaf[] _leaves = new Leaf[2 * MostLeaves];
    readonly ChainValue?[] _entered = new ChainValue?[MostSlots];
    readonly ChainInstruction[] _program = GC.AllocateArray<ChainInstruction>(MostNodes, pinned: true);
    readonly ChainSlot[] _slots = GC.AllocateArray<ChainSlot>(MostSlots, pinned: true);
    readonly long[] _numbers = GC.AllocateArray<long>(MostNumbers, pinned: true);
    readonly int[] _key = new int[6 * MostNodes + 2 * MostSlots];
    readonly ChainReader _reader = ChainReader.OfThread;
    readonly Leaf[] _kept = new Leaf[MostSpread];
    readonly int[] _keptLengths = new int[MostSpread];
    byte[] _spread = [];
    byte[] _small = GC.AllocateUninitializedArray<byte>(0, pinned: true);

    /// <param name="Value">What is computed.</param>
    /// <param name="Step">By which function.</param>
    /// <param name="Block">Where it is stored, if it is.</param>
    record struct Node(ChainValue Value, ChainStep Step, Block? Block);

    /// <param name="Source">The value.</param>
    /// <param name="Offset">The first element within it.</param>
    /// <param name="Period">After how many elements it starts again.</param>
    /// <param name="Repeat">How often each element stands in a row.</param>
    /// <param name="Single">One element, read where it is.</param>
    readonly record struct Leaf(ChainValue Source, int Offset, int Period, int Repeat, bool Single);

    int _nodeCount, _enteredCount, _leafCount, _numberCount, _keyLength, _length;
    bool _computed, _alone;

    /// <summary>Which steps' results are stored, and which inputs' blocks they are stored to.</summary>
    ulong _stored, _taken;

    // What the result is folded to, if it is.
    ChainFold? _fold;
    float* _folded;
    int _outer, _row;

    /// <summary>Computes a pending value; returns when it is computed, by whichever thread.</summary>
    internal static void Run(ChainValue root)
    {
        Begin();
        try
        {
            lock (root)
                if (root.IsPending) (t_run ??= new()).Compute(root);
        }
        finally
        {
            Interlocked.Decrement(ref s_active);
        }
    }

    /// <summary>Folds the rows of a pending value, which stays pending unless it is known to be read again.</summary>
    /// <returns>Whether that was done; if not, the value is to be computed first.</returns>
    internal static bool TryFold(ChainValue root, ChainFold fold, float* y, int outer, int n)
    {
        Begin();
        try
        {
            lock (root)
            {
                if (!root.IsPending) return false;
                var run = t_run ??= new();
                (run._fold, run._outer, run._row) = (fold, outer, n);
                run._folded = y;
                run.Compute(root);
                return run._computed;
            }
        }
        finally
        {
            Interlocked.Decrement(ref s_active);
        }
    }

    /// <summary>Enters the runs, when none overwrites inputs. Called without any lock.</summary>
    static void Begin()
    {
        var wait = new SpinWait();
        while (true)
        {
            Interlocked.Increment(ref s_active);
            if (Volatile.Read(ref s_alone) == 0) return;
            Interlocked.Decrement(ref s_active);
            while (Volatile.Read(ref s_alone) != 0) wait.SpinOnce();
        }
    }

    /// <summary>Keeps other runs from beginning, if there are none now.</summary>
    static bool TryBeAlone()
    {
        if (Interlocked.CompareExchange(ref s_alone, 1, 0) != 0) return false;
        if (Volatile.Read(ref s_active) == 1) return true;
        Volatile.Write(ref s_alone, 0);
        return false;
    }

    void Compute(ChainValue root)
    {
        (_nodeCount, _enteredCount, _leafCount, _numberCount, _keyLength, _length) = (0, 0, 0, 0, 0, root.Length);
        _reader.Begin();
        try
        {
            Compute(root, root.Step!);
        }
        finally
        {
            _reader.End();
            Leave(root);
        }
    }

    /// <summary>Gives what was computed to its values, and forgets them all.</summary>
    void Leave(ChainValue root)
    {
        for (int i = 0; i < _enteredCount; i++)
        {
            _entered[i]!.Exit();
            _entered[i] = null;
        }
        for (int k = 0; k < _nodeCount; k++)
        {
            ref var node = ref _nodes[k];
            if (_computed && node.Block is { } block) node.Value.Complete(block);
            if (IsStored(k) && node.Value != root) Monitor.Exit(node.Value);
            node = default;
        }
        if (_alone) Volatile.Write(ref s_alone, 0);
        _fold = null;
        _leaves.AsSpan(0, _leafCount).Clear();
    }

    void Compute(ChainValue root, ChainStep step)
    {
        _computed = false;
        (_stored, _taken, _alone) = (0, 0, false);
        Enter(root);
        Visit(root, step);
        Number();
        var plan = ChainPlan.Of(_key.AsSpan(0, _keyLength), _program.AsSpan(0, _nodeCount));
        if (root.PassedPlan is { } passed) passed.Want(root.PassedPlace);

        int rootPlace = _nodeCount - 1;
        ulong last = 1UL << rootPlace;
        // A single function's result is stored with its fold: pending, it would hold its operands alone, and a weight whose
        // squares were summed would be copied before its next change.
        _stored = _fold is null || rootPlace == 0 ? last : plan.Wanted & last;
        for (ulong wanted = plan.Wanted & (last - 1); wanted != 0; wanted &= wanted - 1)
        {
            int k = BitOperations.TrailingZeroCount(wanted);
            var value = _nodes[k].Value;
            if (value.Owner is null || !Monitor.TryEnter(value)) continue;
            // What another thread is computing at this moment need not be stored here.
            if (value.IsPending && value.Owner is not null) _stored |= 1UL << k;
            else Monitor.Exit(value);
        }
        nint entry = EntryOf(plan, _stored | last, pastCaches: false);
        if (_fold is not null && (entry == 0 || !IsBestFolded())) return;
        TakeBlocks(lateReads: entry == 0);
        for (int k = 0; k < _nodeCount; k++)
            if (IsStored(k)) _nodes[k].Block ??= Block.Rent(BytesOf(_nodes[k].Value));
        if (_fold is null && entry != 0 && LeavesCaches() && EntryOf(plan, _stored, pastCaches: true) is var past and not 0) entry = past;
        if (_fold is not null || entry == 0 || !TryExecuteAtOnce(entry)) Execute(plan, entry);

        for (ulong taken = _taken; taken != 0; taken &= taken - 1) _leaves[BitOperations.TrailingZeroCount(taken)].Source.TakeBlock();
        _computed = true;
        for (int k = 0; k < _nodeCount; k++)
        {
            if (IsStored(k)) continue;
            // Computed once more: it should have been stored the first time.
            var value = _nodes[k].Value;
            value.PassedPlan?.Want(value.PassedPlace);
            (value.PassedPlan, value.PassedPlace) = (plan, (byte)k);
        }
    }

    void Enter(ChainValue value)
    {
        if (value.Enter(_reader)) _entered[_enteredCount++] = value;
    }

    static long BytesOf(ChainValue value) => (long)value.Length * value.Type.Size;

    // While the operands are looked through, leaves are noted as −1 − i and numbers as MostSlots + i.

    int Visit(ChainValue node, ChainStep step)
    {
        ref readonly var operands = ref node.Operands;
        int a = Operand(operands[0], step), b = step.Arity > 1 ? Operand(operands[1], step) : 0;
        int k = _nodeCount++;
        _nodes[k] = new(node, step, null);
        _program[k] = new() { A = a, B = b, Y = k, Arity = step.Arity };
        return k;
    }

    int Operand(in ChainOperand operand, ChainStep reader)
    {
        if (operand.Source is not { } source)
        {
            _numbers[_numberCount] = operand.Number;
            return MostSlots + _numberCount++;
        }
        for (int k = 0; k < _nodeCount; k++)
            if (ReferenceEquals(_nodes[k].Value, source)) return k;
        var leaf = new Leaf(source, operand.Offset, operand.Period, operand.Repeat, operand.Period == 1 && reader.TakesSingle);
        for (int i = 0; i < _leafCount; i++)
            if (ReferenceEquals(_leaves[i].Source, source) && _leaves[i] == leaf) return -1 - i;
        Enter(source);
        if (source.Step is { } step) return Visit(source, step);
        _leaves[_leafCount] = leaf;
        return -1 - _leafCount++;
    }

    /// <summary>Slots are numbered: results, then inputs, then numbers.</summary>
    void Number()
    {
        for (int k = 0; k < _nodeCount; k++)
        {
            ref var step = ref _program[k];
            step.Single = 0;
            step.A = SlotOf(step.A, ref step, 0);
            if (step.Arity > 1) step.B = SlotOf(step.B, ref step, 1);
            var function = _nodes[k].Step;
            _key[_keyLength++] = function.Kind;
            double parameter = function.Parameter;
            _key[_keyLength++] = step.A | step.B << 10 | (parameter != 0 ? int.MinValue : 0);
            if (parameter != 0) _key[_keyLength++] = BitConverter.SingleToInt32Bits((float)parameter);
        }
        for (int i = 0; i < _leafCount; i++)
            _key[_keyLength++] = (int)_leaves[i].Source.Type << 2 | (_leaves[i].Single ? 1 : _leaves[i].Period < _length ? 2 : 0);
        // What a training step reads again, a test of the model does not.
        _key[_keyLength++] = _nodeCount | _leafCount << 10 | _numberCount << 20 | (Autograd.IsEnabled ? 1 << 30 : 0);
    }

    int SlotOf(int noted, ref ChainInstruction step, int operand)
    {
        if (noted >= MostSlots)
        {
            step.Single |= 1 << operand;
            return _nodeCount + _leafCount + noted - MostSlots;
        }
        if (noted >= 0) return noted;
        int leaf = -1 - noted;
        if (_leaves[leaf].Single) step.Single |= 1 << operand;
        return _nodeCount + leaf;
    }

    bool IsStored(int k) => (_stored >> k & 1) != 0;

    /// <summary>
    /// Results take the blocks of inputs that nobody will read any more, as in-place operations leave them: element by
    /// element an input is read before its place is written.
    /// </summary>
    /// <param name="lateReads">Steps read inputs when it is their turn, instead of each once at its first use.</param>
    void TakeBlocks(bool lateReads)
    {
        bool any = false;
        for (int i = 0; i < _leafCount; i++) any |= _leaves[i].Source.Owner is null;
        if (!any || !TryBeAlone()) return;
        _alone = true;
        // How many of the readers are done for after this run: those stored, and those that only they read.
        Span<int> done = stackalloc int[_nodeCount + _leafCount], first = stackalloc int[_leafCount], last = stackalloc int[_leafCount];
        done.Clear();
        first.Fill(int.MaxValue);
        for (int k = _nodeCount - 1; k >= 0; k--)
        {
            ref readonly var step = ref _program[k];
            bool ends = IsStored(k) || (_nodes[k].Value.Owner is null && _nodes[k].Value.Readers == done[k]);
            for (int o = 0; o < step.Arity; o++)
            {
                int slot = o == 0 ? step.A : step.B;
                if (slot >= _nodeCount + _leafCount) continue;
                if (ends) done[slot]++;
                if (slot < _nodeCount) continue;
                first[slot - _nodeCount] = k;
                last[slot - _nodeCount] = Math.Max(last[slot - _nodeCount], k);
            }
        }
        for (int i = 0; i < _leafCount; i++)
        {
            var (source, offset, period, repeat, _) = _leaves[i];
            if (source.Owner is not null || source.Readers != done[_nodeCount + i] || offset != 0 || period != _length || source.Length != _length || repeat != 1) continue;
            int from = lateReads ? last[i] : first[i];
            for (int k = 0; k < _nodeCount; k++)
                if (k >= from && IsStored(k) && _nodes[k].Block is null && _nodes[k].Value.Type == source.Type && source.Content?.Address != null)
                {
                    _nodes[k].Block = source.Content.BlockInUse;
                    _taken |= 1UL << i;
                    break;
                }
        }
    }

    nint EntryOf(ChainPlan plan, ulong outputs, bool pastCaches)
    {
        if (plan.TryFindEntry(outputs, pastCaches, out nint entry)) return entry;
        var single = new bool[_nodeCount + _leafCount + _numberCount];
        for (int i = _nodeCount; i < single.Length; i++) single[i] = i >= _nodeCount + _leafCount || _leaves[i - _nodeCount].Single;
        return plan.MakeEntry(outputs, pastCaches, Steps(), _program[.._nodeCount], single);
    }

    /// <summary>Whether folding shares the work among threads where the chain alone would.</summary>
    bool IsBestFolded()
    {
        if (_length <= ChainLoop.Piece || _length >= 2 * Elementwise.Grain || Numerics.Threads == 1) return true;
        return !HasHeavyStep();
    }

    bool HasHeavyStep()
    {
        for (int k = 0; k < _nodeCount; k++)
            if (_nodes[k].Step.IsHeavy) return true;
        return false;
    }

    /// <summary>
    /// Whether results leave the caches before anybody reads them: then they are best written without fetching first what they
    /// overwrite, where that has not been read either and registers are stored where such a store may go.
    /// </summary>
    bool LeavesCaches()
    {
        const int alignment = 64;
        if (_taken != 0 || (long)_length * sizeof(float) <= MostInCaches) return false;
        if (Row() * sizeof(float) % alignment != 0) return false;
        for (int k = 0; k < _nodeCount; k++)
            if (IsStored(k) && (nint)_nodes[k].Block!.Pointer % alignment != 0) return false;
        return true;
    }

    void Execute(ChainPlan plan, nint entry)
    {
        int slotCount = _nodeCount + _leafCount + _numberCount;
        int buffers = entry != 0 ? 0 : plan.BufferCount, row = entry != 0 && _fold is null ? Row() : 0;
        for (int k = 0; k < _nodeCount; k++)
        {
            int size = _nodes[k].Value.Type.Size;
            _slots[k] = _nodes[k].Block is { } block ? new() { Base = block.Pointer, Stride = size, Buffer = -1 }
                : entry != 0 ? new() { Buffer = k == _nodeCount - 1 ? buffers++ : -1 } : new() { Buffer = plan.Buffers[k] };
        }
        int small = 0;
        for (int i = 0; i < _leafCount; i++)
        {
            var (source, offset, period, repeat, single) = _leaves[i];
            int size = source.Type.Size;
            byte* first = AddressOf(source, ref small) + (nint)offset * size;
            _slots[_nodeCount + i] = single ? new() { Base = first, Buffer = -1 }
                : period >= _length ? new() { Base = first, Stride = size, Buffer = -1 }
                : period == row && repeat == 1 ? new() { Base = first, Stride = size, Buffer = ChainSlot.InRow }
                : new() { Base = first, Buffer = buffers++, Period = period, Repeat = repeat, Size = size };
        }
        fixed (long* numbers = _numbers)
        fixed (ChainSlot* slots = _slots)
        fixed (ChainInstruction* program = _program)
        {
            for (int i = 0; i < _numberCount; i++) slots[_nodeCount + _leafCount + i] = new() { Base = (byte*)(numbers + i), Buffer = -1 };
            var loop = new ChainLoop
            {
                Steps = entry != 0 ? [] : Steps(),
                Program = program,
                Slots = slots,
                StepCount = _nodeCount,
                SlotCount = slotCount,
                BufferCount = buffers,
                Block = buffers <= 4 ? LargeBlock : LargeBlock / 2,
                Length = _length,
                Kernel = entry,
                Row = row,
            };
            if (_fold is not null)
            {
                _fold.Run(new() { Loop = loop, Result = _nodeCount - 1 }, _folded, _outer, _row);
                return;
            }
            int pieces = ChainLoop.Pieces(_length);
            if (_length >= 2 * Elementwise.Grain || HasHeavyStep()) WorkerPool.For(pieces, loop);
            else
                for (int p = 0; p < pieces; p++) loop.Invoke(p);
        }
    }

    ChainStep[] Steps()
    {
        var steps = new ChainStep[_nodeCount];
        for (int k = 0; k < _nodeCount; k++) steps[k] = _nodes[k].Step;
        return steps;
    }

    /// <summary>Runs machine code over all elements in one call, where they are few.</summary>
    [SkipLocalsInit]
    bool TryExecuteAtOnce(nint entry)
    {
        if (_length > ChainLoop.Piece) return false;
        int spread = 0;
        for (int i = 0; i < _leafCount; i++)
            if (!_leaves[i].Single && _leaves[i].Period < _length) spread++;
        if (spread > 0 && (spread > MostSpread || _length > LargeBlock)) return false;

        byte** at = stackalloc byte*[MostSlots];
        for (int k = 0; k < _nodeCount; k++) at[k] = _nodes[k].Block is { } block ? block.Pointer : null;
        int small = 0;
        for (int i = 0; i < _leafCount; i++)
        {
            ref readonly var leaf = ref _leaves[i];
            at[_nodeCount + i] = !leaf.Single && leaf.Period < _length ? Spread(leaf, --spread, ref small)
                : AddressOf(leaf.Source, ref small) + (nint)leaf.Offset * leaf.Source.Type.Size;
        }
        fixed (long* numbers = _numbers)
        {
            for (int i = 0; i < _numberCount; i++) at[_nodeCount + _leafCount + i] = (byte*)(numbers + i);
            ((delegate* unmanaged[SuppressGCTransition]<byte**, nint, void>)entry)(at, _length);
        }
        return true;
    }

    /// <summary>An input that repeats, spread over a short chain's length; what was spread last in this place is kept.</summary>
    byte* Spread(in Leaf leaf, int place, ref int small)
    {
        const int bytes = LargeBlock * sizeof(double);
        if (_spread.Length == 0) _spread = GC.AllocateUninitializedArray<byte>(MostSpread * bytes, pinned: true);
        byte* buffer = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_spread)) + place * bytes;
        ref var kept = ref _kept[place];
        if (_keptLengths[place] == _length && kept == leaf) return buffer;
        int size = leaf.Source.Type.Size;
        byte* first = AddressOf(leaf.Source, ref small) + (nint)leaf.Offset * size;
        ChainLoop.Spread(new() { Base = first, Period = leaf.Period, Repeat = leaf.Repeat, Size = size }, buffer, 0, _length);
        // Values never change, unless somebody holds a span of them. Large memory is not kept from being freed.
        bool stays = leaf.Source is { Length: <= LargeBlock, Owner.IsExposed: false };
        (kept, _keptLengths[place]) = stays ? (leaf, _length) : default;
        return buffer;
    }

    /// <summary>The length of the rows that some input repeats, if it is one length and worth a call of the code; else 0.</summary>
    int Row()
    {
        int row = 0;
        for (int i = 0; i < _leafCount; i++)
            if (_leaves[i] is { Single: false, Repeat: 1 } leaf && leaf.Period < _length && leaf.Period >= ShortestRow) row = leaf.Period;
        return row;
    }

    /// <summary>The bytes of an input, which stay while it is entered; those in arrays are copied to where they do not move.</summary>
    byte* AddressOf(ChainValue source, ref int used)
    {
        while (true)
        {
            var content = source.Content!;
            if (content.Small is { } array)
            {
                if (_small.Length == 0) _small = GC.AllocateUninitializedArray<byte>(2 * MostLeaves * Storage.SmallBytes, pinned: true);
                fixed (byte* copies = _small)
                {
                    byte* copy = copies + used;
                    array.CopyTo(_small, used);
                    used += Storage.SmallBytes;
                    return copy;
                }
            }
            // Read again, as another thread may have moved the bytes to another storage between the two.
            if (content.Address is var address && address != null && ReferenceEquals(source.Content, content)) return address;
        }
    }
}
