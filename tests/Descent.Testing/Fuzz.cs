using Xunit;

namespace Descent.Testing;

/// <summary>What every reader of files from strangers owes for every damaged file.</summary>
public static class Fuzz
{
    /// <summary>
    /// Reads each file: only <see cref="InvalidDataException"/> may come out, and no more memory may be taken than
    /// <paramref name="factor"/> times the file's size and a constant.
    /// </summary>
    /// <returns>How many files were refused.</returns>
    public static int Verify(IEnumerable<byte[]> files, Action<byte[]> read, int factor = 8, int constant = 256 << 10)
    {
        var refused = 0;
        var index = 0;
        foreach (var file in files)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(file);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
            catch (Exception error)
            {
                Assert.Fail($"File {index} of {file.Length} bytes ({Convert.ToBase64String(file)}): {error}");
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= (long)factor * file.Length + constant,
                $"File {index} of {file.Length} bytes took {allocated} bytes: {Convert.ToBase64String(file)}");
            index++;
        }

        return refused;
    }
}
