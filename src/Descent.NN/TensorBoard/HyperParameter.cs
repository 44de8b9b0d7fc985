using System.Globalization;

namespace Descent.NN;

/// <summary>One setting as the hparams plugin takes it.</summary>
/// <param name="Type">1 text, 2 boolean, 3 number.</param>
/// <param name="Write">Writes it as a <c>google.protobuf.Value</c>.</param>
readonly record struct HyperParameter(int Type, Action<ProtobufWriter> Write)
{
    internal static HyperParameter From(string name, object value) => value switch
    {
        string text => new(1, v => v.String(3, text)),
        bool truth => new(2, v => v.Varint(4, truth ? 1 : 0)),
        double or float or sbyte or byte or short or ushort or int or uint or long or ulong =>
            Number(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        _ => throw new ArgumentException($"The setting {name} is a {value?.GetType().Name ?? "null"}; expected a number, a boolean or text."),
    };

    static HyperParameter Number(double number) => new(3, v => v.Double(2, number));
}
