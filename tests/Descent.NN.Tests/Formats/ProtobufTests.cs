namespace Descent.NN.Tests.Formats;

public sealed class ProtobufTests
{
    /// <summary>The examples of the encoding's own description.</summary>
    [Fact]
    public void Fields_are_written_as_the_encoding_says()
    {
        var w = new ProtobufWriter();
        w.Varint(1, 150);
        w.String(2, "testing");
        w.Message(3, inner => inner.Varint(1, 150));
        w.Varints(4, [3, 270, 86942]);

        Assert.Equal(Convert.FromHexString("089601" + "120774657374696e67" + "1a03089601" + "2206038e029ea705"), w.Written.ToArray());
    }

    [Fact]
    public void What_was_written_is_read()
    {
        var w = new ProtobufWriter();
        w.Varint(1, -5);
        w.Double(2, Math.PI);
        w.Float(3, -0.0f);
        w.Bytes(4, [9, 8]);
        w.Floats(5, [1, 2.5f]);
        w.Doubles(6, [double.NegativeInfinity]);
        w.Varints(7, [long.MinValue, 0]);
        w.String(536870911, "é");

        var r = new ProtobufReader(w.Written);
        var (floats, doubles, integers) = (new List<float>(), new List<double>(), new List<long>());
        Assert.True(r.Next() && r.Varint() == -5);
        Assert.True(r.Next() && r.Double() == Math.PI);
        Assert.True(r.Next() && float.IsNegative(r.Float()));
        Assert.True(r.Next() && r.Bytes() is [9, 8]);
        Assert.True(r.Next());
        r.Floats(floats);
        Assert.True(r.Next());
        r.Doubles(doubles);
        Assert.True(r.Next());
        r.Varints(integers);
        Assert.True(r.Next() && r.Field == 536870911 && r.String() == "é");
        Assert.False(r.Next());
        Assert.Equal([1, 2.5f], floats);
        Assert.Equal([double.NegativeInfinity], doubles);
        Assert.Equal([long.MinValue, 0], integers);
    }

    [Theory]
    [InlineData("08")]                        // a key without its value
    [InlineData("00")]                        // field 0
    [InlineData("0b")]                        // a group
    [InlineData("0a05aabb")]                  // longer than the message
    [InlineData("0affffffffffffffffff01")]    // a length of 2⁶⁴ − 1
    [InlineData("08ffffffffffffffffffff01")]  // a varint of eleven bytes
    [InlineData("0900")]                      // a double of one byte
    public void Damage_is_an_error_that_names_the_byte(string hex)
    {
        var error = Assert.Throws<InvalidDataException>(() =>
        {
            var r = new ProtobufReader(Convert.FromHexString(hex), origin: 100);
            while (r.Next()) r.Skip();
        });
        Assert.Matches("byte 1[01][0-9]:", error.Message);
    }
}
