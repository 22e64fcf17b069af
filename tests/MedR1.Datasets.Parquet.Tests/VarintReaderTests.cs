namespace MedR1.Datasets.Parquet.Tests;

public sealed class VarintReaderTests
{
    // 300 = 0b10_0101100: the low seven bits with a continuation flag, then 2. The last of ten bytes has one bit.
    [Theory]
    [InlineData("00", 0UL)]
    [InlineData("7F", 127UL)]
    [InlineData("AC02", 300UL)]
    [InlineData("FFFFFFFFFFFFFFFFFF01", ulong.MaxValue)]
    public void Integers_are_read_seven_bits_at_a_time(string bytes, ulong value)
    {
        VarintReader reader = new(Convert.FromHexString(bytes + "55"), "a page is");
        Assert.Equal(value, reader.Varint());
        Assert.Equal((bytes.Length / 2, 1), (reader.Position, reader.Left));
        Assert.Equal(0x55, reader.Byte());
    }

    [Theory]
    [InlineData("00", 0L)]
    [InlineData("01", -1L)]
    [InlineData("02", 1L)]
    [InlineData("FFFFFFFFFFFFFFFFFF01", long.MinValue)]
    public void The_sign_is_in_the_lowest_bit(string bytes, long value) =>
        Assert.Equal(value, new VarintReader(Convert.FromHexString(bytes), "a page is").ZigZag());

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("FFFFFFFFFFFFFFFFFFFF01")]
    public void An_integer_that_does_not_end_is_refused(string bytes) => Assert.Equal(
        "a page is damaged.", Assert.Throws<InvalidDataException>(
            () => new VarintReader(Convert.FromHexString(bytes), "a page is").Varint()).Message);

    [Fact]
    public void A_piece_longer_than_the_rest_is_refused() => Assert.Throws<InvalidDataException>(
        () => new VarintReader([1, 2, 3], "a page is").Take(ulong.MaxValue).Length);
}
