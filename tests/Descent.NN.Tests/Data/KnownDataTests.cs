using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Descent.NN.Tests;

public sealed class KnownDataTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("descent-known-").FullName;
    readonly byte[] _bytes = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * i % 251))];

    public void Dispose() => Directory.Delete(_root, recursive: true);

    KnownSet Set(params string[] mirrors)
    {
#pragma warning disable CA5351 // The checksums that the sets are known by.
        return new("Things", "things", [new("a.gz", Convert.ToHexStringLower(MD5.HashData(_bytes)))], [.. mirrors.Select(m => new Uri(m))]);
#pragma warning restore CA5351
    }

    /// <summary>Serves one file from two hosts, in the way that a test asks for.</summary>
    sealed class Server(byte[] bytes) : HttpMessageHandler
    {
        public readonly List<string> Requests = [];
        public Func<string, HttpStatusCode?> Fails = _ => null;
        public Func<string, byte[]> Content = _ => bytes;
        public long BreakAfter = long.MaxValue;
        public bool KnowsRanges = true;

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var file = Content(request.RequestUri!.Host);
            long from = KnowsRanges ? request.Headers.Range?.Ranges.First().From ?? 0 : 0;
            Requests.Add($"{request.RequestUri} {request.Headers.Range}");
            if (Fails(request.RequestUri!.Host) is { } status) return new(status);
            if (from >= file.Length) return new(HttpStatusCode.RequestedRangeNotSatisfiable);
            var rest = new Breaking(file[(int)from..], BreakAfter);
            var response = new HttpResponseMessage(from > 0 ? HttpStatusCode.PartialContent : HttpStatusCode.OK) { Content = new StreamContent(rest) };
            response.Content.Headers.ContentLength = file.Length - from;
            if (from > 0) response.Content.Headers.ContentRange = new ContentRangeHeaderValue(from, file.Length - 1, file.Length);
            return response;
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    sealed class Breaking(byte[] bytes, long after) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => Position >= after
            ? throw new IOException("the line broke")
            : base.Read(buffer, offset, (int)Math.Min(count, after - Position));

        public override int Read(Span<byte> buffer)
        {
            var bytes = new byte[buffer.Length];
            int read = Read(bytes, 0, bytes.Length);
            bytes.AsSpan(0, read).CopyTo(buffer);
            return read;
        }
    }

    sealed class Reports : IProgress<DownloadProgress>
    {
        public readonly List<DownloadProgress> All = [];
        public void Report(DownloadProgress value) => All.Add(value);
    }

    string PathOf(string name) => Path.Combine(_root, "things", name);

    [Fact]
    public void A_missing_file_is_fetched_and_told_of()
    {
        var (server, reports) = (new Server(_bytes), new Reports());
        var set = Set("https://one.example/sets/");
        Assert.Equal(Path.Combine(_root, "things"), set.Find(_root, true, server, reports, default));
        Assert.Equal(_bytes, File.ReadAllBytes(PathOf("a.gz")));
        Assert.Equal(["a.gz"], Directory.EnumerateFiles(Path.Combine(_root, "things")).Select(Path.GetFileName));
        Assert.Equal(new("a.gz", 300_000, 300_000), reports.All[^1]);
        Assert.True(reports.All.Count > 1 && reports.All.Select(r => r.Received).SequenceEqual(reports.All.Select(r => r.Received).Order()));
        set.Find(_root, true, server, null, default);
        Assert.Equal(["https://one.example/sets/a.gz "], server.Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fetching_goes_on_where_it_was_broken_off(bool knowsRanges)
    {
        var server = new Server(_bytes) { BreakAfter = 100_000, KnowsRanges = knowsRanges };
        var set = Set("https://one.example/");
        Assert.Contains("the line broke", Assert.Throws<IOException>(() => set.Find(_root, true, server, null, default)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(PathOf("a.gz")));
        Assert.Equal(100_000, new FileInfo(PathOf("a.gz.part")).Length);
        server.BreakAfter = long.MaxValue;
        set.Find(_root, true, server, null, default);
        Assert.Equal(_bytes, File.ReadAllBytes(PathOf("a.gz")));
        Assert.Equal("https://one.example/a.gz bytes=100000-", server.Requests[1]);
    }

    [Fact]
    public void The_next_mirror_is_tried()
    {
        var server = new Server(_bytes) { Fails = host => host == "one.example" ? HttpStatusCode.NotFound : null };
        Set("https://one.example/", "https://two.example/").Find(_root, true, server, null, default);
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(_bytes, File.ReadAllBytes(PathOf("a.gz")));
    }

    [Fact]
    public void A_wrong_checksum_is_not_taken()
    {
        var server = new Server(_bytes) { Content = host => host == "one.example" ? [1, 2, 3] : _bytes };
        var error = Assert.Throws<IOException>(() => Set("https://one.example/").Find(_root, true, server, null, default));
        Assert.Contains("its MD5 is 5289df737df57326fcdd22597afb1fac instead of", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(PathOf("a.gz")));
        Set("https://one.example/", "https://two.example/").Find(_root, true, server, null, default);
        Assert.Equal(_bytes, File.ReadAllBytes(PathOf("a.gz")));
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(300_000)]
    [InlineData(400_000)]
    public void Remains_of_another_file_are_given_up(int length)
    {
        Directory.CreateDirectory(Path.Combine(_root, "things"));
        File.WriteAllBytes(PathOf("a.gz.part"), new byte[length]);
        Set("https://one.example/").Find(_root, true, new Server(_bytes), null, default);
        Assert.Equal(_bytes, File.ReadAllBytes(PathOf("a.gz")));
    }

    [Fact]
    public void Cancelling_keeps_what_has_come()
    {
        using var stop = new CancellationTokenSource();
        var (server, reports) = (new Server(_bytes), new CancelAfter(stop));
        Assert.ThrowsAny<OperationCanceledException>(() => Set("https://one.example/").Find(_root, true, server, reports, stop.Token));
        Assert.InRange(new FileInfo(PathOf("a.gz.part")).Length, 1, 299_999);
        Set("https://one.example/").Find(_root, true, server, null, default);
        Assert.Equal(_bytes, File.ReadAllBytes(PathOf("a.gz")));
    }

    [Fact]
    public void Cancelling_ends_the_waiting_for_a_silent_server()
    {
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Set("https://one.example/").Find(_root, true, new Silent(stop), null, stop.Token));
    }

    sealed class Silent(CancellationTokenSource stop) : HttpMessageHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => new(HttpStatusCode.OK) { Content = new StreamContent(new Silence(stop)) };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    /// <summary>Never gives a byte; being asked for one cancels.</summary>
    sealed class Silence(CancellationTokenSource stop) : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    sealed class CancelAfter(CancellationTokenSource stop) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => stop.Cancel();
    }

    [Fact]
    public void What_is_missing_is_told_with_where_to_put_it()
    {
        string message = Assert.Throws<FileNotFoundException>(() => KnownData.Mnist(_root)).Message;
        foreach (string part in (string[])["MNIST: train-images-idx3-ubyte.gz, train-labels", Path.Combine(_root, "mnist"), "download: true", "https://", "DESCENT_DATA"])
            Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.Contains("cifar-10-binary.tar.gz is missing", Assert.Throws<FileNotFoundException>(() => KnownData.Cifar10(_root)).Message, StringComparison.Ordinal);
        var offline = new Server(_bytes) { Fails = _ => throw new HttpRequestException("no such host") };
        string failed = Assert.Throws<IOException>(() => KnownData.FashionSet.Find(_root, true, offline, null, default)).Message;
        Assert.Contains("no such host", failed, StringComparison.Ordinal);
        Assert.Contains("yourself", failed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", ".gz")]
    [InlineData("mnist", "")]
    public void Files_are_read_where_they_lie(string folder, string packing)
    {
        var at = Directory.CreateDirectory(Path.Combine(_root, folder)).FullName;
        foreach (var (set, count) in (IEnumerable<(string, int)>)[("train", 3), ("t10k", 2)])
        {
            IdxFile.Write(Path.Combine(at, $"{set}-images-idx3-ubyte{packing}"), new(IdxType.UInt8, [count, 28, 28], new byte[count * 784]));
            IdxFile.Write(Path.Combine(at, $"{set}-labels-idx1-ubyte{packing}"), new(IdxType.UInt8, [count], new byte[count]));
        }
        var (train, test) = KnownData.Mnist(_root);
        Assert.Equal((3, 2), (train.Count, test.Count));
    }
}
