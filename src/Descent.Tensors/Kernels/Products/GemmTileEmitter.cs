using Descent.Tensors.Codegen;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Descent.Tensors.Kernels;

/// <summary>Writes a register tile of the matrix product: C is loaded or begun, gains A·B over k, and is stored.</summary>
/// <remarks>
/// Every element is one chain of fused multiply-adds in the order of k, as in <see cref="GemmPortableTile{T, V, L}"/>:
/// the same bits, whatever the tile's size and however k is cut.
/// </remarks>
sealed class GemmTileEmitter
{
    // Row r of A lies at base + r · stride; 1, 3, 5 and 7 strides, doubled and quadrupled by the address, reach nine rows.
    const int RowsOfBase = 9;

    readonly TileSpecification _tile;
    readonly KernelEmitter _e;
    readonly VectorRegister[] _sums;
    readonly VectorRegister[] _right;
    readonly VectorRegister[] _spread;
    readonly AssemblerRegister64 _call;
    AssemblerRegister64[] _left = [];
    AssemblerRegister64[] _strides = [];
    LaneMask _tail;

    GemmTileEmitter(TileSpecification tile)
    {
        _tile = tile;
        int vectors = tile.Rows * tile.Vectors + tile.Vectors + (tile.Tier >= IsaTier.Avx512 ? 0 : tile.HasTail ? 2 : 1);
        int spare = Math.Min(2, (tile.Tier >= IsaTier.Avx512 ? 32 : 16) - vectors);
        _e = new(tile.Tier, arguments: 1, RegistersFor(tile), vectors + spare, tile.Doubles);
        _call = _e.Argument(0);
        _sums = _e.Vectors(tile.Rows * tile.Vectors);
        _right = _e.Vectors(tile.Vectors);
        _spread = _e.Vectors(spare + (_e.IsWide ? 0 : 1));
    }

    public static KernelEmitter Emit(TileSpecification tile)
    {
        var emitter = new GemmTileEmitter(tile);
        emitter.Emit();
        return emitter._e;
    }

    /// <summary>Registers for k and the operands, their steps, and the multiples of the stride with the bases that they need.</summary>
    static int RegistersFor(TileSpecification tile)
    {
        const int mask = 3;
        int steps = (tile.Left == TileLeft.Columns ? 1 : 0) + (tile.Right == TileRight.Rows ? 2 : 0);
        int reach = tile.Left == TileLeft.Rows ? Math.Min(tile.Rows, RowsOfBase) / 2 + (tile.Rows - 1) / RowsOfBase : 0;
        return Math.Max(mask, 3 + steps + reach);
    }

    int Last => _tile.Vectors - 1;

    VectorRegister Sum(int row, int vector) => _sums[row * _tile.Vectors + vector];

    AssemblerMemoryOperand Field(string name) => __qword_ptr[_call + (int)System.Runtime.InteropServices.Marshal.OffsetOf<TileCall>(name)];

    AssemblerRegister64 Get(string field)
    {
        var register = _e.Register();
        _e.Code.mov(register, Field(field));
        return register;
    }

    void Emit()
    {
        if (_tile.HasTail)
        {
            var count = Get(nameof(TileCall.Tail));
            _tail = _e.Mask(count);
            _e.Release(count);
        }
        Fetch();
        Begin();
        Multiply();
        End();
    }

    /// <summary>The lines of the next tile's output, for writing: another processor may have them.</summary>
    void Fetch()
    {
        AssemblerRegister64 next = Get(nameof(TileCall.Next)), row = Get(nameof(TileCall.CRow));
        for (int r = 0; r < _tile.Rows; r++)
        {
            for (int v = 0; v < _tile.Vectors; v += Math.Max(1, 64 / _e.VectorBytes)) _e.Code.prefetchw(__byte_ptr[next + v * _e.VectorBytes]);
            if (r < _tile.Rows - 1) _e.Code.add(next, row);
        }
        _e.Release(next);
        _e.Release(row);
    }

    void Begin()
    {
        switch (_tile.Start)
        {
            case TileStart.Zero or TileStart.Sum:
                foreach (var sum in _sums) _e.Zero(sum);
                break;
            case TileStart.Output:
                ForEachRow((c, r) =>
                {
                    for (int v = 0; v <= Last; v++) Load(Sum(r, v), c + v * _e.VectorBytes, v);
                });
                break;
            case TileStart.RowBias:
                var values = Get(nameof(TileCall.Bias));
                for (int r = 0; r < _tile.Rows; r++)
                {
                    _e.Broadcast(Sum(r, 0), __[values + r * _e.ElementBytes]);
                    for (int v = 1; v <= Last; v++) _e.Move(Sum(r, v), Sum(r, 0));
                }
                _e.Release(values);
                break;
            default:
                var bias = Get(nameof(TileCall.Bias));
                for (int v = 0; v <= Last; v++)
                {
                    Load(Sum(0, v), bias + v * _e.VectorBytes, v);
                    for (int r = 1; r < _tile.Rows; r++) _e.Move(Sum(r, v), Sum(0, v));
                }
                _e.Release(bias);
                break;
        }
    }

    void End() => ForEachRow((c, r) =>
    {
        for (int v = 0; v <= Last; v++)
        {
            if (_tile.Start == TileStart.Sum)
            {
                Load(_right[v], c + v * _e.VectorBytes, v);
                _e.Emit(VectorInstruction.Add, Sum(r, v), Sum(r, v), _right[v]);
            }
            if (_tile.HasTail && v == Last) _e.Store(__[c + v * _e.VectorBytes], Sum(r, v), _tail);
            else _e.Store(__[c + v * _e.VectorBytes], Sum(r, v));
        }
    });

    void ForEachRow(Action<AssemblerRegister64, int> body)
    {
        AssemblerRegister64 c = Get(nameof(TileCall.C)), row = Get(nameof(TileCall.CRow));
        for (int r = 0; r < _tile.Rows; r++)
        {
            body(c, r);
            if (r < _tile.Rows - 1) _e.Code.add(c, row);
        }
        _e.Release(c);
        _e.Release(row);
    }

    void Load(VectorRegister d, AssemblerMemoryOperand from, int vector)
    {
        if (_tile.HasTail && vector == Last) _e.Load(d, __[from], _tail);
        else _e.Load(d, __[from]);
    }

    void Multiply()
    {
        var k = Get(nameof(TileCall.K));
        var b = Get(nameof(TileCall.B));
        var a = Get(nameof(TileCall.A));
        AssemblerRegister64? step = _tile.Left == TileLeft.Columns ? Get(nameof(TileCall.AStep)) : null;
        AssemblerRegister64? bStep = null, ahead = null;
        if (_tile.Right == TileRight.Rows)
        {
            bStep = Get(nameof(TileCall.BStep));
            ahead = Get(nameof(TileCall.Ahead));
            _e.Code.add(ahead.Value, b);
        }
        _left = [a];
        if (_tile.Left == TileLeft.Rows) ReachRows();

        int unroll = _tile.Rows * _tile.Vectors > 16 ? 2 : 4;
        _e.LoopBy(k, unroll, () => Steps(unroll));
        _e.Loop(k, () => Steps(1));

        foreach (var register in (ReadOnlySpan<AssemblerRegister64>)[k, b, .. _left, .. _strides]) _e.Release(register);
        if (step is { } s) _e.Release(s);
        if (bStep is { } t) _e.Release(t);
        if (ahead is { } u) _e.Release(u);

        void Steps(int count)
        {
            for (int i = 0; i < count; i++)
            {
                int at = _tile.Right == TileRight.Panel ? i * _tile.Vectors * _e.VectorBytes : 0;
                for (int v = 0; v <= Last; v++)
                {
                    if (bStep is not null) Load(_right[v], b + v * _e.VectorBytes, v);
                    else _e.Load(_right[v], __[b + at + v * _e.VectorBytes]);
                }
                if (bStep is not null)
                {
                    for (int v = 0; v <= Last; v += Math.Max(1, 64 / _e.VectorBytes)) _e.Code.prefetcht0(__byte_ptr[ahead!.Value + v * _e.VectorBytes]);
                    _e.Code.add(ahead!.Value, bStep.Value);
                    _e.Code.add(b, bStep.Value);
                }
                Products(i);
                if (step is { } s) _e.Code.add(a, s);
            }
            if (bStep is null) _e.Code.add(b, count * _tile.Vectors * _e.VectorBytes);
            if (_tile.Left == TileLeft.Panel) _e.Code.add(a, count * _tile.Rows * _e.ElementBytes);
            if (_tile.Left == TileLeft.Rows)
                foreach (var left in _left) _e.Code.add(left, count * _e.ElementBytes);
        }
    }

    /// <summary>Bases and multiples of the stride, from which every row of A can be addressed.</summary>
    void ReachRows()
    {
        if (_tile.Rows == 1) return;
        var one = Get(nameof(TileCall.ARow));
        _strides = [one];
        for (int multiple = 3; multiple < Math.Min(_tile.Rows, RowsOfBase); multiple += 2)
        {
            var next = _e.Register();
            _e.Code.lea(next, __[_strides[^1] + one * 2]);
            _strides = [.. _strides, next];
        }
        for (int first = RowsOfBase; first < _tile.Rows; first += RowsOfBase)
        {
            var next = _e.Register();
            _e.Code.lea(next, __[_left[^1] + one * 8]);
            _e.Code.add(next, one);
            _left = [.. _left, next];
        }
    }

    AssemblerMemoryOperand Element(int row, int step)
    {
        switch (_tile.Left)
        {
            case TileLeft.Panel: return __[_left[0] + (step * _tile.Rows + row) * _e.ElementBytes];
            case TileLeft.Columns: return __[_left[0] + row * _e.ElementBytes];
            default:
                int at = step * _e.ElementBytes;
                var origin = _left[row / RowsOfBase];
                row %= RowsOfBase;
                if (row == 0) return __[origin + at];
                int scale = row & -row;
                return __[origin + _strides[row / scale / 2] * scale + at];
        }
    }

    void Products(int step)
    {
        for (int r = 0; r < _tile.Rows; r++)
        {
            var x = Element(r, step);
            // An element used by few vectors goes straight into the multiply-adds: a load each, but no instruction of its own.
            if (_spread.Length == 0 || _e.IsWide && _tile.Vectors == 1)
            {
                for (int v = 0; v <= Last; v++) _e.EmitBroadcast(VectorInstruction.MultiplyAdd, Sum(r, v), _right[v], x);
                continue;
            }
            var spread = _spread[r % _spread.Length];
            _e.Broadcast(spread, x);
            for (int v = 0; v <= Last; v++) _e.Emit(VectorInstruction.MultiplyAdd, Sum(r, v), spread, _right[v]);
        }
    }
}
