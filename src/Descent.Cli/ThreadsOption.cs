using System.CommandLine;
using Descent.Tensors;

namespace Descent.Cli;

/// <summary><c>--threads</c> of every verb that has it.</summary>
static class ThreadsOption
{
    const int Most = 1024;

    internal static Option<int?> Create(string description)
    {
        var option = new Option<int?>("--threads") { Description = description };
        option.Validators.Add(given =>
        {
            if (given.Tokens is [var one] && int.TryParse(one.Value, out int count) && count is < 1 or > Most) given.AddError($"--threads is {count}; it must be from 1 to {Most}.");
        });
        return option;
    }

    /// <summary>Sets the threads of all that follows; null leaves all processors.</summary>
    internal static void Apply(int? threads)
    {
        if (threads is { } count) Numerics.Threads = count;
    }
}
