using Descent.Tensors.Formats;

namespace Descent.Tensors.Tests;

public sealed class AtomicFileTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("descent-atomic-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_writing_that_fails_leaves_the_old_file_alone_and_nothing_beside_it()
    {
        string path = Path.Combine(_folder, "file");
        AtomicFile.Write(path, stream => stream.WriteByte(1));
        Assert.Throws<ArithmeticException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(2);
            throw new ArithmeticException();
        }));
        Assert.Equal([1], File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        string missing = Path.Combine(_folder, "nowhere");
        var error = Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.Write(Path.Combine(missing, "file"), _ => { }));
        Assert.EndsWith($"there is no folder {missing}.", error.Message);
    }
}
