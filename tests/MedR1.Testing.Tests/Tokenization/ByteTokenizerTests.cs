using MedR1.Modeling;
using MedR1.Testing;

namespace MedR1.Testing.Tests;

public sealed class ByteTokenizerTests
{
    private readonly ByteTokenizer _tokenizer = new();

    [Fact]
    public void Each_byte_is_a_token()
    {
        // é is C3 A9 in UTF-8.
        Assert.Equal([0x61, 0xC3, 0xA9], _tokenizer.Encode("aé"));
    }

    [Fact]
    public void A_control_token_in_text_is_text_unless_requested()
    {
        Assert.Equal(9, _tokenizer.Encode("<|image|>").Count);
        Assert.Equal([97, ByteTokenizer.ImageTokenId, 98, ByteTokenizer.EndTokenId],
            _tokenizer.Encode("a<|image|>b<|end|>", ControlTokenHandling.Parse));
    }

    [Theory]
    [InlineData(true, "ab")]
    [InlineData(false, "a<|end|>b")]
    public void Decoding_skips_control_tokens_on_request(bool skip, string expected)
    {
        Assert.Equal(expected, _tokenizer.Decode([97, ByteTokenizer.EndTokenId, 98], skip));
    }

    [Fact]
    public void A_stream_holds_a_character_back_until_it_is_complete()
    {
        IStreamingDecoder decoder = _tokenizer.CreateStreamingDecoder();
        Assert.Equal(["", "é", ""], new[] { 0xC3, 0xA9, 0xE4 }.Select(decoder.Append));
        Assert.Equal("\uFFFD", decoder.Complete());
    }
}
