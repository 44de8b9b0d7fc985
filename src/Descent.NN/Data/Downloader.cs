using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Descent.NN;

/// <summary>How far the fetching of a file is.</summary>
/// <param name="File">Its name.</param>
/// <param name="Received">Bytes that have come.</param>
/// <param name="Total">Bytes of the whole, where the server tells.</param>
public readonly record struct DownloadProgress(string File, long Received, long? Total);

/// <summary>
/// Fetches files. What has come lies beside the path with ".part" at its end and is gone on with the next time; the path
/// holds the whole file with the right checksum, or nothing.
/// </summary>
sealed class Downloader : IDisposable
{
    const int BufferBytes = 1 << 16;

    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    readonly HttpClient _client;

    internal Downloader(HttpMessageHandler? handler) =>
        _client = new(handler ?? new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(20) }, disposeHandler: handler is null);

    public void Dispose() => _client.Dispose();

    /// <summary>Tries one mirror after the other.</summary>
    /// <exception cref="IOException">None gave the file.</exception>
    internal void Fetch(KnownFile file, IEnumerable<Uri> mirrors, string path, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var failures = new List<string>();
        foreach (var mirror in mirrors)
        {
            try
            {
                Fetch(file, new Uri(mirror, file.Name), path, progress, cancellation);
                return;
            }
            catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException || e is TaskCanceledException && !cancellation.IsCancellationRequested)
            {
                failures.Add($"{mirror}: {e.Message}");
            }
        }
        throw new IOException(string.Join(" ", failures));
    }

    void Fetch(KnownFile file, Uri address, string path, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        string partial = path + ".part";
        using (var stream = new FileStream(partial, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            bool goesOn = stream.Length > 0;
            string found = Receive();
            // What was here may have been of another mirror: once more, from the start.
            if (found != file.Md5 && goesOn)
            {
                stream.SetLength(0);
                found = Receive();
            }
            if (found != file.Md5)
            {
                stream.SetLength(0);
                throw new InvalidDataException($"its MD5 is {found} instead of {file.Md5}; the file there is damaged or another one.");
            }

            string Receive()
            {
                this.Receive(file, address, stream, progress, cancellation);
                stream.Flush(flushToDisk: true);
                stream.Position = 0;
                return Checksum(stream);
            }
        }
        File.Move(partial, path, overwrite: true);
    }

    void Receive(KnownFile file, Uri address, FileStream stream, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (stream.Length > 0) request.Headers.Range = new RangeHeaderValue(stream.Length, null);
        using var response = _client.Send(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // Nothing follows what is here: it is whole, or the checksum will say that it is not.
            return;
        }
        response.EnsureSuccessStatusCode();
        bool goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == stream.Length;
        if (!goesOn && response.StatusCode == HttpStatusCode.PartialContent) throw new InvalidDataException("it sent another part than was asked for.");
        if (!goesOn) stream.SetLength(0);
        stream.Position = stream.Length;

        long? total = response.Content.Headers.ContentLength + stream.Length;
        using var content = response.Content.ReadAsStream(cancellation);
        var buffer = new byte[BufferBytes];
        while (Read(content, buffer, cancellation) is > 0 and var read)
        {
            cancellation.ThrowIfCancellationRequested();
            stream.Write(buffer.AsSpan(0, read));
            progress?.Report(new(file.Name, stream.Length, total));
        }
        if (stream.Length < total) throw new IOException($"the connection ended after {stream.Length} of {total} bytes.");
    }

    /// <summary>Reads what comes next; a silent server, or cancellation, ends the waiting.</summary>
    static int Read(Stream content, byte[] buffer, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(s_patience);
        try
        {
            return content.ReadAsync(buffer, patience.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"nothing came for {s_patience.TotalSeconds} seconds.");
        }
    }

#pragma warning disable CA5351 // No secret is kept by it: MD5 is what these distributions are known by.
    static string Checksum(Stream stream) => Convert.ToHexStringLower(MD5.HashData(stream));
#pragma warning restore CA5351
}
