using System.Numerics;

namespace Descent.Search;

/// <summary>The values at one path in all payloads, by slot: 9 bytes each, every text once, and lists of the slots that have it.</summary>
sealed class PayloadColumn(string[] path)
{
    // Reading the column of this many slots takes as long as following a list by one.
    const int ScanShare = 32;

    // Up to this many texts that are not in order each is compared, beside one for each of as many that are.
    const int LeastUnordered = 1024, UnorderedShare = 8;

    readonly Dictionary<string, int> _numberOf = [];
    readonly List<string> _texts = [];
    readonly Dictionary<int, PayloadValue[]> _many = [];
    readonly TextPostings _postings = new();
    TextOrder? _order;
    bool _isComplete;
    byte[] _kinds = [];
    long[] _bits = [];

    internal string[] Path => path;

    /// <summary>Whether most of the texts that it keeps are in no payload any more.</summary>
    internal bool IsStale => _texts.Count > 2 * _postings.Total + LeastUnordered;

    /// <summary>When it was last asked for, as the number of the asking.</summary>
    internal long LastUse { get; set; }

    /// <summary>Whether all slots are in it; from then on it is kept up to date.</summary>
    internal bool IsComplete
    {
        get => Volatile.Read(ref _isComplete);
        set => Volatile.Write(ref _isComplete, value);
    }

    /// <summary>Whether so many texts came since they were put in order that it is worth while to do it anew.</summary>
    internal bool WantsOrder => _texts.Count - (_order?.Count ?? 0) > Math.Max(LeastUnordered, (_order?.Count ?? 0) / UnorderedShare);

    internal string[] CopyTexts() => [.. _texts];

    internal void Adopt(TextOrder order) => Volatile.Write(ref _order, order);

    /// <summary>Notes what a slot has now. The caller lets nobody else in.</summary>
    internal void Set(int slot, in PathValue value)
    {
        if (slot >= _kinds.Length)
        {
            // Whole blocks, which are compared at once.
            int length = (int)Math.Min(Array.MaxLength / ColumnScan.Slots * ColumnScan.Slots, BitOperations.RoundUpToPowerOf2((uint)Math.Max(ColumnScan.Slots, slot + 1)));
            Array.Resize(ref _kinds, length);
            Array.Resize(ref _bits, length);
        }
        if (_kinds[slot] == (byte)PayloadKind.Many) _many.Remove(slot);
        if (_kinds[slot] is (byte)PayloadKind.Many or (byte)PayloadKind.Text) _postings.Clear(slot);
        _kinds[slot] = (byte)value.Kind;
        switch (value.Kind)
        {
            case PayloadKind.Missing:
                break;
            case PayloadKind.Text:
                _postings.Add(slot, (int)(_bits[slot] = Number(value.One.Text)));
                break;
            case PayloadKind.Many:
                _many[slot] = value.Many!;
                foreach (var item in value.Many!)
                    if (item.Kind == PayloadKind.Text) _postings.Add(slot, Number(item.Text));
                break;
            default:
                _bits[slot] = value.One.Ordered;
                break;
        }
    }

    /// <summary>The slots of some with a value of which something holds.</summary>
    internal SlotSet Where(SlotSet among, int slots, ValueCondition condition)
    {
        var found = new SlotSet(slots);
        foreach (var span in condition.Spans) Scan(among, found, span);
        if (condition.Wholes is { } wholes) Look(among, found, wholes);
        if (condition.AsksNumbers)
        {
            Ask(among, found, PayloadKind.Whole, condition);
            Ask(among, found, PayloadKind.Number, condition);
        }
        foreach (string text in condition.Texts)
            if (_numberOf.TryGetValue(text, out int number)) FindText(among, found, number);
        if (condition.TextBounds is { } bounds) FindTexts(among, found, bounds);
        // Texts of arrays have been found where they are listed.
        if (_many.Count > 0 && condition.IsMoreThanTexts)
            foreach (var (slot, values) in _many)
                if (among[slot] && !found[slot] && Array.Exists(values, condition.Holds)) found.Add(slot);
        return found;
    }

    /// <summary>The slots of some whose payload has the path.</summary>
    internal SlotSet Existing(SlotSet among, int slots)
    {
        var found = new SlotSet(slots);
        for (int i = 0; i < Blocks(among, found); i++)
            if (among.Words[i] is not 0 and var word) found.Words[i] = word & ~ColumnScan.OfKind(_kinds.AsSpan(i * ColumnScan.Slots), PayloadKind.Missing);
        return found;
    }

    /// <summary>The least of a slot's values, or the greatest; null where it has none.</summary>
    internal PayloadValue? Extreme(int slot, bool greatest)
    {
        switch (slot < _kinds.Length ? (PayloadKind)_kinds[slot] : PayloadKind.Missing)
        {
            case PayloadKind.Missing:
            case PayloadKind.Many when _many[slot].Length == 0:
                return default(PayloadValue?);
            case PayloadKind.Many:
                return greatest ? _many[slot].Max(PayloadValue.Sorting) : _many[slot].Min(PayloadValue.Sorting);
            case PayloadKind.Text:
                return _texts[(int)_bits[slot]];
            case var kind:
                return PayloadValue.Restore(kind, _bits[slot]);
        }
    }

    void Scan(SlotSet among, SlotSet found, ValueSpan span)
    {
        for (int i = 0; i < Blocks(among, found); i++)
        {
            if (among.Words[i] is not (not 0 and var word)) continue;
            word &= ColumnScan.OfKind(_kinds.AsSpan(i * ColumnScan.Slots), span.Kind);
            if (word != 0) found.Words[i] |= word & ColumnScan.Within(_bits.AsSpan(i * ColumnScan.Slots), span.Low, span.High);
        }
    }

    void Look(SlotSet among, SlotSet found, WholeNumbers wholes)
    {
        for (int i = 0; i < Blocks(among, found); i++)
        {
            if (among.Words[i] is not (not 0 and var all)) continue;
            for (ulong word = all & ColumnScan.OfKind(_kinds.AsSpan(i * ColumnScan.Slots), PayloadKind.Whole); word != 0; word &= word - 1)
            {
                int bit = BitOperations.TrailingZeroCount(word);
                if (wholes.Contains(_bits[i * ColumnScan.Slots + bit])) found.Words[i] |= 1UL << bit;
            }
        }
    }

    void Ask(SlotSet among, SlotSet found, PayloadKind kind, ValueCondition condition)
    {
        for (int i = 0; i < Blocks(among, found); i++)
        {
            if (among.Words[i] is not (not 0 and var all)) continue;
            for (ulong word = all & ColumnScan.OfKind(_kinds.AsSpan(i * ColumnScan.Slots), kind); word != 0; word &= word - 1)
            {
                int slot = i * ColumnScan.Slots + BitOperations.TrailingZeroCount(word);
                if (condition.Holds(PayloadValue.Restore(kind, _bits[slot]))) found.Add(slot);
            }
        }
    }

    void FindText(SlotSet among, SlotSet found, int number)
    {
        if (_many.Count == 0 && _postings.Count(number) > _kinds.Length / ScanShare) Scan(among, found, new(PayloadKind.Text, number, number));
        else _postings.Find(number, among, found);
    }

    /// <summary>The slots whose only value is a text within bounds.</summary>
    void FindTexts(SlotSet among, SlotSet found, ITextBounds bounds)
    {
        var order = Volatile.Read(ref _order);
        int ordered = order?.Count ?? 0;
        var (from, to) = order?.Within(bounds) ?? default;
        // What came since: 1 is within the bounds, 2 is not.
        byte[] others = new byte[_texts.Count - ordered];
        for (int i = 0; i < Blocks(among, found); i++)
        {
            if (among.Words[i] is not (not 0 and var all)) continue;
            ulong kept = 0;
            for (ulong word = all & ColumnScan.OfKind(_kinds.AsSpan(i * ColumnScan.Slots), PayloadKind.Text); word != 0; word &= word - 1)
            {
                int bit = BitOperations.TrailingZeroCount(word), number = (int)_bits[i * ColumnScan.Slots + bit];
                bool isWithin;
                if (number < ordered) isWithin = order![number] is var rank && rank >= from && rank < to;
                else
                {
                    ref byte known = ref others[number - ordered];
                    if (known == 0) known = (byte)(bounds.IsBelow(_texts[number]) || bounds.IsAbove(_texts[number]) ? 2 : 1);
                    isWithin = known == 1;
                }
                if (isWithin) kept |= 1UL << bit;
            }
            found.Words[i] |= kept;
        }
    }

    int Blocks(SlotSet among, SlotSet found) => Math.Min(_kinds.Length / ColumnScan.Slots, Math.Min(among.Words.Length, found.Words.Length));

    int Number(string text)
    {
        if (_numberOf.TryGetValue(text, out int number)) return number;
        _numberOf.Add(text, number = _texts.Count);
        _texts.Add(text);
        return number;
    }
}
