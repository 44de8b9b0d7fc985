using System.Xml.Linq;
using Descent.Tensors;

namespace Descent.Search.Tests;

public class LayersDrawingTests
{
    static (PointSet Points, HnswIndex Index) Sample(int count)
    {
        double[] coordinates = new double[2 * count];
        new Generator(3).Uniform(coordinates);
        var index = new HnswIndex(2, options: new() { M = 4 });
        index.Add([.. Enumerable.Range(0, count).Select(i => (long)i)], [.. coordinates.Select(x => (float)x)]);
        return (new(coordinates, 2), index);
    }

    [Fact]
    public void Layers_are_parts_of_those_below_and_have_the_edges_of_the_index()
    {
        var (_, index) = Sample(200);
        using (index)
        {
            Assert.True(index.Remove(17));
            var layers = index.CopyLayers();
            Assert.InRange(layers.Length, 3, 8);
            Assert.Equal(Enumerable.Range(0, 200).Where(i => i != 17).Select(i => (long)i), layers[0].Ids.Order());
            Assert.Equal(index.Statistics.AverageDegree, layers[0].Edges.Average(e => e.Length), 1e-9);
            for (int l = 1; l < layers.Length; l++) Assert.Subset(layers[l - 1].Ids.ToHashSet(), layers[l].Ids.ToHashSet());
            Assert.All(layers, layer => Assert.All(layer.Edges, edges => Assert.All(edges, to => Assert.InRange(to, 0, layer.Ids.Length - 1))));
        }
    }

    [Fact]
    public void A_search_goes_down_through_the_layers_to_what_the_index_finds()
    {
        var (points, index) = Sample(200);
        using (index)
        {
            var layers = index.CopyLayers();
            var drawing = new LayersDrawing(points, layers, (0.5, 0.5));
            Assert.Equal(layers.Length, drawing.Paths.Length);
            for (int l = 1; l < layers.Length; l++) Assert.Equal(drawing.Paths[l].Found, drawing.Paths[l - 1].Points[0]);
            Assert.Equal(index.Search([0.5f, 0.5f], 1, new() { Ef = 1 })[0].Id, drawing.Paths[0].Found);

            var svg = XDocument.Parse(drawing.ToSvg());
            Assert.Equal(layers.Length, svg.Descendants().Count(e => e.Name.LocalName == "polygon"));
            Assert.Equal(drawing.Paths.Sum(p => p.Hops) + layers.Length - 1, svg.Descendants().Count(e => e.Attribute("class")?.Value == "path"));
            Assert.Equal(layers.Sum(l => l.Ids.Length) + layers.Length + 1, svg.Descendants().Count(e => e.Name.LocalName == "circle"));
        }
    }

    [Fact]
    public void Ids_must_be_those_of_the_points()
    {
        var (_, index) = Sample(50);
        using (index) Assert.Throws<ArgumentException>(() => new LayersDrawing(new([0, 1, 2, 3], 2), index.CopyLayers()));
    }
}
