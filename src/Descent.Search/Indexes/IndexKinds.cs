using System.Collections.Immutable;

namespace Descent.Search;

/// <summary>A kind of index.</summary>
/// <param name="Name">What files and statistics call it.</param>
/// <param name="Description">What it is, in a few words.</param>
/// <param name="Create">An empty index.</param>
public sealed record IndexKind(string Name, string Description, Func<IndexSettings, VectorIndex> Create);

/// <summary>The kinds of index that can be made by name and opened from files. A kind is a row here.</summary>
public static class IndexKinds
{
    static readonly HnswOptions s_hnsw = new();
    static readonly NsgOptions s_nsg = new();
    static readonly QuantizedGraphOptions s_qg = new();
    static readonly VamanaOptions s_vamana = new();
    static readonly IvfOptions s_ivf = new();

    /// <summary>All kinds.</summary>
    public static ImmutableArray<IndexKind> All { get; } =
    [
        new("flat", "exact: measures every vector", static s => new FlatIndex(s.Dimension, s.Metric, s.Elements)),
        new("hnsw", "layers of graphs", static s => new HnswIndex(s.Dimension, s.Metric, s.Elements, s_hnsw with
        {
            M = s.Take("m", s_hnsw.M), EfConstruction = s.Take("ef_construction", s_hnsw.EfConstruction), Code = s.Take("code", s_hnsw.Code), Seed = s.Seed,
        })),
        new("nsg", "a navigating spreading-out graph", static s => new NsgIndex(s.Dimension, s.Metric, s.Elements, s_nsg with
        {
            Degree = s.Take("degree", s_nsg.Degree), Neighbors = s.Take("neighbors", s_nsg.Neighbors),
            EfConstruction = s.Take("ef_construction", s_nsg.EfConstruction), Code = s.Take("code", s_nsg.Code), Seed = s.Seed,
        })),
        new("vamana", "a graph with edges chosen twice, of DiskANN", static s => new VamanaIndex(s.Dimension, s.Metric, s.Elements, s_vamana with
        {
            Degree = s.Take("degree", s_vamana.Degree), EfConstruction = s.Take("ef_construction", s_vamana.EfConstruction),
            Code = s.Take("code", s_vamana.Code), Seed = s.Seed,
        })),
        new("ivf", "cells around centres, by codes", static s => new IvfIndex(s.Dimension, s.Metric, s.Elements, new() { Cells = s.Take("cells", s_ivf.Cells), Code = s.Take("code", s_ivf.Code) })),
        new("qg", "a graph whose lists carry a bit for each element of each edge", static s => new QuantizedGraphIndex(s.Dimension, s.Metric, s.Elements, s_qg with
        {
            Degree = s.Take("degree", s_qg.Degree), Neighbors = s.Take("neighbors", s_qg.Neighbors),
            EfConstruction = s.Take("ef_construction", s_qg.EfConstruction), Seed = s.Seed,
        })),
    ];

    /// <summary>An empty index of a kind.</summary>
    /// <exception cref="ArgumentException">There is no such kind, or it does not take these settings; the message says which it takes.</exception>
    public static VectorIndex Create(string kind, IndexSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var found = Find(kind) ?? throw new ArgumentException($"There is no kind of index '{kind}'; there are: {string.Join(", ", All.Select(k => k.Name))}.");
        var index = found.Create(settings);
        try
        {
            settings.CheckAllTaken(kind);
            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    internal static IndexKind? Find(string kind) => All.FirstOrDefault(k => k.Name == kind);
}
