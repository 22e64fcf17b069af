using System.Text;
using CsCheck;

namespace MedR1.Modeling.Tests;

public sealed class Utf8StreamingDecoderTests
{
    [Fact]
    public void Holds_back_what_can_still_become_a_character()
    {
        byte[] smile = [0xF0, 0x9F, 0x98, 0x80];
        Utf8StreamingDecoder decoder = new(id => new[] { smile[id] });

        Assert.Equal(["", "", "", "\U0001F600"], Enumerable.Range(0, 4).Select(decoder.Append));
        Assert.Equal("", decoder.Complete());
    }

    [Fact]
    public void Replaces_an_invalid_character_at_once()
    {
        // E2 82 can become U+20AC; 'a' shows that it won't.
        Utf8StreamingDecoder decoder = new(id => new[] { (byte)id });

        Assert.Equal(["", "", "\uFFFDa", "\uFFFD"], new[] { 0xE2, 0x82, 'a', 0xFF }.Select(decoder.Append));
    }

    // Output of codecs.getincrementaldecoder('utf-8')('replace') in Python 3.11 for these bytes, one at a time.
    [Theory]
    [InlineData(new[] { 0xF4, 0xED, 0xA0 }, new[] { 0, 1, 0 }, 2)]
    [InlineData(new[] { 0xED, 0xA0, 0x80 }, new[] { 0, 0, 3 }, 0)]
    [InlineData(new[] { 0xED, 0xBF, 'a' }, new[] { 0, 0, 3 }, 0)]
    [InlineData(new[] { 0xED, 0x9F, 0xBF }, new[] { 0, 0, 1 }, 0)]
    [InlineData(new[] { 0xED, 0xED, 0xA0, 0xED }, new[] { 0, 1, 0, 2 }, 1)]
    public void Waits_for_the_third_byte_of_a_surrogate_as_Python_does(int[] bytes, int[] characters, int atEnd)
    {
        Utf8StreamingDecoder decoder = new(id => new[] { (byte)id });

        Assert.Equal(characters, bytes.Select(each => decoder.Append(each).Length));
        Assert.Equal(atEnd, decoder.Complete().Length);
    }

    [Fact]
    public void Replaces_an_incomplete_character_at_the_end()
    {
        Utf8StreamingDecoder decoder = new(_ => new byte[] { 0xE2, 0x82 });

        Assert.Equal("", decoder.Append(0));
        Assert.Equal("\uFFFD", decoder.Complete());
    }

    [Fact]
    public void Equals_decoding_at_once_however_the_bytes_are_split()
    {
        Check.Sample(Gen.Byte.Array[0, 6].Array[0, 8], pieces =>
        {
            Utf8StreamingDecoder decoder = new(id => pieces[id]);
            string streamed =
                string.Concat(Enumerable.Range(0, pieces.Length).Select(decoder.Append)) + decoder.Complete();
            Assert.Equal(Encoding.UTF8.GetString([.. pieces.SelectMany(piece => piece)]), streamed);
        }, iter: 5_000);
    }

    [Fact]
    public void Rejects_tokens_after_the_end()
    {
        Utf8StreamingDecoder decoder = new(_ => new byte[] { 65 });
        decoder.Complete();

        Assert.Throws<InvalidOperationException>(() => decoder.Append(0));
        Assert.Throws<InvalidOperationException>(decoder.Complete);
    }
}
