namespace Descent.Search;

/// <summary>Which slots have which text: for each text a list through a pool of nodes, so that a change costs as much as changes.</summary>
sealed class TextPostings
{
    const int None = -1;

    Node[] _nodes = [];
    int[] _heads = [], _counts = [], _firsts = [];
    int _used, _free = None;

    /// <summary>Texts of all slots together.</summary>
    internal int Total { get; private set; }

    /// <summary>Slots that have a text, or more where an array has it twice.</summary>
    internal int Count(int text) => text < _counts.Length ? _counts[text] : 0;

    internal void Add(int slot, int text)
    {
        Grow(ref _heads, text, None);
        Grow(ref _counts, text, 0);
        Grow(ref _firsts, slot, None);
        int node = _free;
        if (node == None)
        {
            if (_used == _nodes.Length) Array.Resize(ref _nodes, Math.Max(64, 2 * _used));
            node = _used++;
        }
        else _free = _nodes[node].Next;
        _nodes[node] = new() { Slot = slot, Text = text, Next = _heads[text], Before = None, Sibling = _firsts[slot] };
        if (_heads[text] != None) _nodes[_heads[text]].Before = node;
        _heads[text] = node;
        _firsts[slot] = node;
        _counts[text]++;
        Total++;
    }

    /// <summary>Forgets what a slot has.</summary>
    internal void Clear(int slot)
    {
        if (slot >= _firsts.Length) return;
        for (int at = _firsts[slot]; at != None;)
        {
            ref var node = ref _nodes[at];
            if (node.Before == None) _heads[node.Text] = node.Next;
            else _nodes[node.Before].Next = node.Next;
            if (node.Next != None) _nodes[node.Next].Before = node.Before;
            _counts[node.Text]--;
            Total--;
            int next = node.Sibling;
            node.Next = _free;
            _free = at;
            at = next;
        }
        _firsts[slot] = None;
    }

    /// <summary>Adds the slots of some that have a text.</summary>
    internal void Find(int text, SlotSet among, SlotSet found)
    {
        if (text >= _heads.Length) return;
        for (int at = _heads[text]; at != None; at = _nodes[at].Next)
            if (among[_nodes[at].Slot]) found.Add(_nodes[at].Slot);
    }

    static void Grow(ref int[] items, int index, int with)
    {
        if (index < items.Length) return;
        int before = items.Length;
        Array.Resize(ref items, Math.Max(index + 1, 2 * before));
        items.AsSpan(before).Fill(with);
    }

    /// <summary>A text of a slot: neighbours in the list of the text, and the slot's next text.</summary>
    struct Node
    {
        internal int Slot, Text, Next, Before, Sibling;
    }
}
