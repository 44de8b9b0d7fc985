using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Where and with what a run is made; written each time it is started or resumed.</summary>
sealed record RunEnvironment
{
    public required string Machine { get; init; }
    public required string System { get; init; }
    public required string Architecture { get; init; }
    public required string Runtime { get; init; }
    public required string Descent { get; init; }
    public required int Processors { get; init; }
    public required int Threads { get; init; }
    public required string Instructions { get; init; }
    public required double MemoryGibibytes { get; init; }
    public required DateTimeOffset Started { get; init; }
    public required int ProcessId { get; init; }

    internal static RunEnvironment Now() => new()
    {
        Machine = Environment.MachineName,
        System = RuntimeInformation.OSDescription,
        Architecture = RuntimeInformation.ProcessArchitecture.ToString(),
        Runtime = RuntimeInformation.FrameworkDescription,
        Descent = typeof(Tensor).Assembly.GetName().Version?.ToString(3) ?? "",
        Processors = Environment.ProcessorCount,
        Threads = Numerics.Threads,
        Instructions = $"vectors of {(Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128)} bits",
        MemoryGibibytes = Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30), 1),
        Started = DateTimeOffset.UtcNow,
        ProcessId = Environment.ProcessId,
    };

    /// <summary>Whether the process is there still; false also for those on other machines.</summary>
    internal bool IsAlive()
    {
        if (Machine != Environment.MachineName) return false;
        try
        {
            using var process = Process.GetProcessById(ProcessId);
            // A number may have been given anew since.
            return process.StartTime.ToUniversalTime() <= Started.UtcDateTime.AddSeconds(1);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or global::System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    internal void Write(RunFolder folder) => RunFolder.Write(folder.EnvironmentFile, JsonSerializer.Serialize(this, EnvironmentJson.Default.RunEnvironment));

    /// <summary>What the folder says, or null where it says nothing that can be read.</summary>
    internal static RunEnvironment? Read(RunFolder folder)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(folder.EnvironmentFile), EnvironmentJson.Default.RunEnvironment);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal IEnumerable<(string Name, string Value)> Table() =>
    [
        ("machine", $"{Machine}, {Architecture}, {Processors} processors, {MemoryGibibytes} GiB"), ("system", System), ("runtime", Runtime), ("descent", Descent),
        ("threads", $"{Threads}"), ("instructions", Instructions), ("started", $"{Started:u}"),
    ];
}

[JsonSourceGenerationOptions(WriteIndented = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RunEnvironment))]
sealed partial class EnvironmentJson : JsonSerializerContext;
