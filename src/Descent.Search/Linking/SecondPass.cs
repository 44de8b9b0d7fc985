using Descent.Tensors;

namespace Descent.Search;

/// <summary>Chooses the edges of all nodes of a layer anew, from what they have, what a search for them finds in the graph as it is, and landmarks.</summary>
/// <param name="layer">The layer.</param>
/// <param name="kernels">What measures.</param>
/// <param name="degree">Edges that each node chooses.</param>
/// <param name="landmarks">Nodes all over the layer, those nearest to a node: where vectors fall into clusters, edges between these.</param>
sealed unsafe class SecondPass(GraphLayer layer, GraphKernels kernels, int degree, Func<int, int[]> landmarks)
{
    // Those of a batch do not see each other's new edges, so that the graph is the same for any number of threads.
    const int Batch = 1024;

    /// <param name="nodes">In the order in which they are taken.</param>
    /// <param name="search">Leaves in the scratch's pool what a search finds for a node, whose vector the query is.</param>
    internal void Run(int[] nodes, NodeSearch search, Course course)
    {
        int done = 0;
        foreach (int[] batch in nodes.Chunk(Batch))
        {
            course.Reach((double)done / nodes.Length);
            done += batch.Length;
            int[][] chosen = new int[batch.Length][];
            WorkerPool.For(batch.Length, i => chosen[i] = Choose(batch[i], search));
            var edges = new List<ulong>(batch.Length * degree);
            for (int i = 0; i < batch.Length; i++)
            {
                layer.Write(batch[i], chosen[i]);
                foreach (int to in chosen[i]) edges.Add(GraphJoin.Edge(to, batch[i]));
            }
            GraphJoin.Connect(layer, kernels, edges);
        }
    }

    int[] Choose(int node, NodeSearch search)
    {
        int[] far = landmarks(node);
        var scratch = SearchScratch.Rent();
        float* query = kernels.AsQuery(node, scratch);
        search(query, scratch);
        // A search passes over what fell out of view, which edges of the tree must not.
        int[] edges = [.. layer.Edges(node).ToArray().Union(far).Where(other => other != node)];
        ulong[] candidates = new ulong[scratch.Count + edges.Length];
        kernels.Sort(layer, node, edges, candidates);
        int count = edges.Length;
        foreach (ulong key in scratch.Found)
            if (NodeKey.Node(key) is var found && found != node && !edges.Contains(found)) candidates[count++] = key & ~NodeKey.Followed;
        candidates.AsSpan(0, count).Sort();
        scratch.Return();
        int[] chosen = new int[layer.Capacity];
        return chosen[..kernels.Choose(layer, node, candidates.AsSpan(0, count), degree, chosen)];
    }
}

/// <summary>A search of a layer for a node's vector.</summary>
unsafe delegate void NodeSearch(float* query, SearchScratch scratch);
