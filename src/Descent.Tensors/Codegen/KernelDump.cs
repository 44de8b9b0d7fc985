using System.Globalization;
using Iced.Intel;

namespace Descent.Tensors.Codegen;

/// <summary>
/// The disassembly of generated kernels, for debugging: <c>DESCENT_DUMP_KERNELS</c> names a folder that gets a
/// <c>.asm</c> and a <c>.bin</c> file per kernel, or is <c>-</c> for standard error.
/// </summary>
static class KernelDump
{
    static readonly string? s_target = Environment.GetEnvironmentVariable("DESCENT_DUMP_KERNELS");

    internal static void Write(string name, ReadOnlySpan<byte> code)
    {
        if (string.IsNullOrEmpty(s_target)) return;
        string text = Disassemble(code);
        if (s_target == "-")
        {
            Console.Error.WriteLine($"; {name}");
            Console.Error.WriteLine(text);
            return;
        }
        Directory.CreateDirectory(s_target);
        string file = Path.Combine(s_target, string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_')));
        File.WriteAllText(file + ".asm", text);
        File.WriteAllBytes(file + ".bin", code);
    }

    /// <summary>One instruction a line, up to the first return; what follows it are constants.</summary>
    internal static string Disassemble(ReadOnlySpan<byte> code)
    {
        var decoder = Decoder.Create(64, code.ToArray());
        var formatter = new NasmFormatter();
        var output = new StringOutput();
        while (decoder.IP < (ulong)code.Length)
        {
            var instruction = decoder.Decode();
            output.Write(string.Create(CultureInfo.InvariantCulture, $"{instruction.IP:x5}  "), FormatterTextKind.Text);
            formatter.Format(instruction, output);
            output.Write("\n", FormatterTextKind.Text);
            if (instruction.Mnemonic == Mnemonic.Ret) break;
        }
        return output.ToStringAndReset();
    }
}
