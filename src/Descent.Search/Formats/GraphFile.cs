using Descent.Tensors;

namespace Descent.Search;

/// <summary>
/// The layers of a graph in a file: for each the nodes, root, parents, lengths of lists, and the lists one after another. Lists with
/// codes behind them are not among them: they are a section for themselves, see <see cref="PackedLists"/>.
/// </summary>
static class GraphFile
{
    // Nodes whose lists are looked at by one thread at a time.
    const int Block = 1024;

    /// <param name="dense">The number in the file of each slot.</param>
    internal static void Write(IndexWriter writer, IReadOnlyList<GraphLayer> layers, int[] dense)
    {
        writer.Int32(layers.Count);
        for (int level = 0; level < layers.Count; level++)
        {
            var layer = layers[level];
            // Numbers that are free are left out.
            int[] nodes = [.. Enumerable.Range(0, layer.Numbers).Where(layer.IsUsed)], number = new int[layer.Numbers];
            for (int i = 0; i < nodes.Length; i++) number[nodes[i]] = i;
            writer.Int32(nodes.Length);
            if (level > 0) writer.Int32s([.. nodes.Select(node => dense[layer.Slot(node)])]);
            writer.Int32(number[layer.Root]);
            writer.Int32s([.. nodes.Select(node => layer.Parent(node) is var parent and >= 0 ? number[parent] : -1)]);
            if (layer.IsFull) continue;
            writer.Int32s([.. nodes.Select(node => layer.Edges(node).Length)]);
            foreach (int node in nodes) writer.Int32s([.. layer.Edges(node).ToArray().Select(to => number[to])]);
        }
    }

    /// <param name="vectors">Slots in use, from 0 on.</param>
    /// <param name="mostLayers">Layers that there may be.</param>
    /// <param name="addLayer">Makes the next layer, empty.</param>
    internal static void Read(IndexReader reader, int vectors, int mostLayers, Func<GraphLayer> addLayer)
    {
        int layers = reader.Int32(vectors == 0 ? 0 : 1, vectors == 0 ? 0 : mostLayers, "the number of layers"), above = vectors;
        for (int level = 0; level < layers; level++)
        {
            int count = reader.Count(2 * sizeof(int), "the number of nodes");
            if (level == 0 ? count != vectors : count == 0 || count > above) throw reader.Damage($"layer {level} has {count} nodes, over {above}.");
            above = count;
            var layer = addLayer();
            bool hasLists = !layer.IsFull || reader.Version < PackedLists.Since;
            if (hasLists) ReadNodes(reader, layer, level, count, vectors);
            else PackedLists.Reserve(reader, layer, count);
            layer.Root = reader.Int32(0, count - 1, "the root");
            int[] parents = new int[count];
            reader.Int32s(parents, -1, count - 1, "the parent of node");
            if (hasLists) ReadLists(reader, layer, count);
            SetParents(reader, layer, parents);
            if (hasLists) CheckLists(layer, (_, fault) => reader.Damage(fault));
        }
    }

    /// <summary>Looks at all lists of a layer: they lead to nodes, each to each once, and parents and children to each other.</summary>
    /// <param name="layer">Its nodes are numbered from 0 on; its tree is sound.</param>
    /// <param name="damage">What to throw where a node's list is not sound.</param>
    internal static void CheckLists(GraphLayer layer, Func<int, string, Exception> damage)
    {
        int count = layer.Numbers, blocks = (count + Block - 1) / Block;
        int[] faulty = new int[blocks];
        WorkerPool.For(blocks, b =>
        {
            int node = b * Block, end = Math.Min(count, node + Block);
            while (node < end && Fault(layer, node) is null) node++;
            faulty[b] = node < end ? node : -1;
        });
        foreach (int node in faulty)
            if (node >= 0) throw damage(node, Fault(layer, node) ?? $"the list of node {node} changes.");
    }

    static string? Fault(GraphLayer layer, int node)
    {
        var edges = layer.Edges(node);
        int parent = layer.Parent(node);
        if (edges.ContainsAnyExceptInRange(0, layer.Numbers - 1)) return $"node {node} leads to one that there is not; there are {layer.Numbers}.";
        if (layer.LinkRow(node)[edges.Length..].ContainsAnyExcept(-1)) return $"something is behind the end of the list of node {node}.";
        if (edges.Contains(node)) return $"node {node} leads to itself.";
        for (int i = 1; i < edges.Length; i++)
            if (edges[..i].Contains(edges[i])) return $"node {node} leads to {edges[i]} twice.";
        if (parent >= 0 && !(edges.Contains(parent) && layer.Edges(parent).Contains(node))) return $"node {node} and its parent {parent} do not lead to each other.";
        return null;
    }

    static void ReadNodes(IndexReader reader, GraphLayer layer, int level, int count, int vectors)
    {
        layer.Reserve(count);
        int[] slots = [.. Enumerable.Range(0, count)];
        if (level > 0) reader.Int32s(slots, 0, vectors - 1, "node");
        foreach (int slot in slots)
        {
            if (layer.TryFind(slot, out _)) throw reader.Damage($"vector {slot} is twice in layer {level}.");
            if (!layer.IsBelow(slot)) throw reader.Damage($"vector {slot} is in layer {level} and not below it.");
            layer.Add(slot);
        }
    }

    static void ReadLists(IndexReader reader, GraphLayer layer, int count)
    {
        int[] lengths = new int[count];
        reader.Int32s(lengths, 0, layer.Capacity, "the length of list");
        for (int node = 0; node < count; node++)
        {
            int[] edges = new int[lengths[node]];
            reader.Int32s(edges, 0, count - 1, "edge");
            edges.CopyTo(layer.LinkRow(node));
        }
    }

    static void SetParents(IndexReader reader, GraphLayer layer, int[] parents)
    {
        for (int node = 0; node < parents.Length; node++)
        {
            int parent = parents[node];
            if ((parent < 0) != (node == layer.Root)) throw reader.Damage($"node {node} has the parent {parent}; all but the root have one.");
            if (parent < 0) continue;
            if (layer.Children(parent) == layer.MostChildren) throw reader.Damage($"node {parent} has more than {layer.MostChildren} children.");
            layer.SetParent(node, parent);
        }
        CheckTree(reader, layer, parents);
    }

    /// <summary>Every node's parents lead to the root.</summary>
    static void CheckTree(IndexReader reader, GraphLayer layer, int[] parents)
    {
        int[] seenBy = new int[parents.Length];
        for (int start = 0; start < parents.Length; start++)
        {
            int node = start;
            while (node != layer.Root && seenBy[node] == 0)
            {
                seenBy[node] = start + 1;
                node = parents[node];
            }
            if (node != layer.Root && seenBy[node] == start + 1) throw reader.Damage($"the parents of node {start} lead back to it or never to the root.");
        }
    }
}
