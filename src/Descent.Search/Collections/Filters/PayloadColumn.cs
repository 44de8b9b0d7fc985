using System.Text.Json;

namespace Descent.Search;

/// <summary>The values at one path in all payloads, by slot: 9 bytes each, and every text once.</summary>
sealed class PayloadColumn(string[] path)
{
    readonly Dictionary<string, int> _numberOf = [];
    readonly List<string> _texts = [];
    readonly Dictionary<int, PayloadValue[]> _many = [];
    readonly List<PayloadValue> _values = [];
    PayloadKind[] _kinds = [];
    long[] _bits = [];

    /// <summary>Texts that are or were in it.</summary>
    internal int Texts => _texts.Count;

    /// <summary>When it was last asked for, as the number of the asking.</summary>
    internal long LastUse { get; set; }

    internal void Set(int slot, JsonElement payload)
    {
        if (slot >= _kinds.Length)
        {
            Array.Resize(ref _kinds, Math.Max(slot + 1, 2 * _kinds.Length));
            Array.Resize(ref _bits, _kinds.Length);
        }
        if (_kinds[slot] == PayloadKind.Many) _many.Remove(slot);
        _values.Clear();
        if (!PayloadPath.Collect(payload, path, _values)) _kinds[slot] = PayloadKind.Missing;
        else if (_values.Count != 1)
        {
            _kinds[slot] = PayloadKind.Many;
            _many[slot] = [.. _values];
        }
        else
        {
            _kinds[slot] = _values[0].Kind;
            _bits[slot] = _values[0].Kind == PayloadKind.Text ? Number(_values[0].Text) : _values[0].Bits;
        }
    }

    /// <summary>The slots of some with a value of which something holds.</summary>
    internal SlotSet Where(SlotSet among, int slots, Predicate<PayloadValue> holds)
    {
        // Each text is tested once, whatever number of slots it is in: 1 holds, 2 does not.
        byte[] texts = new byte[_texts.Count];
        var (kinds, bits) = (_kinds, _bits);
        return among.Where(Math.Min(slots, kinds.Length), slot =>
        {
            switch (kinds[slot])
            {
                case PayloadKind.Missing:
                    return false;
                case PayloadKind.Text:
                    ref byte known = ref texts[bits[slot]];
                    if (known == 0) known = (byte)(holds(_texts[(int)bits[slot]]) ? 1 : 2);
                    return known == 1;
                case PayloadKind.Many:
                    return Array.Exists(_many[slot], holds);
                case var kind:
                    return holds(PayloadValue.Restore(kind, bits[slot], null));
            }
        });
    }

    /// <summary>The slots of some whose payload has the path.</summary>
    internal SlotSet Existing(SlotSet among, int slots)
    {
        var kinds = _kinds;
        return among.Where(Math.Min(slots, kinds.Length), slot => kinds[slot] != PayloadKind.Missing);
    }

    int Number(string text)
    {
        if (_numberOf.TryGetValue(text, out int number)) return number;
        _numberOf.Add(text, number = _texts.Count);
        _texts.Add(text);
        return number;
    }
}
