namespace Descent.Search;

/// <summary>Finds, for nodes that no edge ties to the tree of a layer, the nearest node of the tree that may have another child.</summary>
/// <param name="layer">Has a root.</param>
/// <param name="kernels">What measures.</param>
/// <param name="ef">How many near nodes are kept in view.</param>
sealed unsafe class ParentSearch(GraphLayer layer, GraphKernels kernels, int ef)
{
    int _spare;

    internal int Find(int node)
    {
        var scratch = SearchScratch.Rent();
        kernels.Explore(layer, kernels.AsQuery(node, scratch), layer.Root, ef, scratch);
        int parent = -1;
        foreach (ulong key in scratch.Found)
            if (NodeKey.Node(key) is var near && HasRoom(near))
            {
                parent = near;
                break;
            }
        scratch.Return();
        // Where all near ones are taken, any of the tree does; its leaves have room.
        while (parent < 0)
        {
            if (HasRoom(_spare)) parent = _spare;
            else _spare = (_spare + 1) % layer.Numbers;
        }
        return parent;
    }

    bool HasRoom(int node) => layer.IsInTree(node) && layer.Children(node) < layer.MostChildren;
}
