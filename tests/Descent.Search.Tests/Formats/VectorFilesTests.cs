using Descent.Tensors;
using Descent.Tensors.Formats;

namespace Descent.Search.Tests;

public class VectorFilesTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Floats_come_back_as_they_were_written()
    {
        var x = Tensor.From<float>([1, -2.5f, 3e10f, 4, 5, 6], [2, 3]);
        VectorFiles.SaveFloats(At("a.fvecs"), x);
        Assert.Equal(32, new FileInfo(At("a.fvecs")).Length);
        AssertLoaded([1, -2.5f, 3e10f, 4, 5, 6], [2, 3], "a.fvecs");
    }

    [Fact]
    public void Bytes_integers_and_arrays_become_floats()
    {
        File.WriteAllBytes(At("a.bvecs"), [2, 0, 0, 0, 7, 255, 2, 0, 0, 0, 0, 1]);
        AssertLoaded([7, 255, 0, 1], [2, 2], "a.bvecs");
        File.WriteAllBytes(At("a.ivecs"), [1, 0, 0, 0, 255, 255, 255, 255]);
        AssertLoaded([-1], [1, 1], "a.ivecs");
        Assert.Equal([-1], Assert.Single(VectorFiles.LoadIntegers(At("a.ivecs"))));
        Npy.Save(At("a.npy"), Tensor.From<double>([1, 2, 3, 4], [2, 2]));
        AssertLoaded([1, 2, 3, 4], [2, 2], "a.npy");
        File.WriteAllBytes(At("empty.fvecs"), []);
        AssertLoaded([], [0, 0], "empty.fvecs");
    }

    [Theory]
    [InlineData(new byte[] { 2, 0, 0 }, "byte 3")]
    [InlineData(new byte[] { 2, 0, 0, 0, 1 }, "the file has 5")]
    [InlineData(new byte[] { 0, 0, 0, 0 }, "the length of a vector is 0")]
    [InlineData(new byte[] { 255, 255, 255, 255 }, "the length of a vector is -1")]
    [InlineData(new byte[] { 1, 0, 0, 0, 9, 2, 0, 0, 0, 9 }, "the length of a vector is 2")]
    public void Damaged_files_are_refused(byte[] content, string expected)
    {
        File.WriteAllBytes(At("a.bvecs"), content);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => VectorFiles.Load(At("a.bvecs"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_files_are_refused()
    {
        Assert.Contains(".txt", Assert.Throws<NotSupportedException>(() => VectorFiles.Load(At("a.txt"))).Message, StringComparison.Ordinal);
        Npy.Save(At("a.npy"), Tensor.Zeros(3));
        Assert.Contains("(3,)", Assert.Throws<InvalidDataException>(() => VectorFiles.Load(At("a.npy"))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => VectorFiles.SaveFloats(At("a.fvecs"), Tensor.Zeros(3)));
    }

    void AssertLoaded(float[] expected, int[] shape, string name)
    {
        var x = VectorFiles.Load(At(name));
        Assert.Equal(shape, x.Shape.ToArray());
        Assert.Equal(expected, x.ToArray<float>());
    }

    string At(string name) => Path.Combine(_folder, name);
}
