namespace Descent.Search;

/// <summary>The layers of a graph in a file: for each the nodes, root, parents, lengths of lists, and the lists one after another.</summary>
static class GraphFile
{
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
            ReadNodes(reader, layer, level, count, vectors);
            ReadLists(reader, layer, count);
        }
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
        layer.Root = reader.Int32(0, count - 1, "the root");
    }

    static void ReadLists(IndexReader reader, GraphLayer layer, int count)
    {
        int[] parents = new int[count], lengths = new int[count];
        reader.Int32s(parents, -1, count - 1, "the parent of node");
        reader.Int32s(lengths, 0, layer.Capacity, "the length of list");
        var distinct = new HashSet<int>();
        for (int node = 0; node < count; node++)
        {
            int[] edges = new int[lengths[node]];
            reader.Int32s(edges, 0, count - 1, "edge");
            distinct.Clear();
            foreach (int to in edges)
                if (to == node || !distinct.Add(to)) throw reader.Damage($"node {node} leads to {to}, itself or twice.");
            layer.Write(node, edges);
        }
        for (int node = 0; node < count; node++)
        {
            int parent = parents[node];
            if ((parent < 0) != (node == layer.Root)) throw reader.Damage($"node {node} has the parent {parent}; all but the root have one.");
            if (parent < 0) continue;
            if (!layer.Edges(node).Contains(parent) || !layer.Edges(parent).Contains(node)) throw reader.Damage($"node {node} and its parent {parent} do not lead to each other.");
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
