using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class GroupDecodingTests
{
    // 65536 · 65537 is 65536 modulo 2³²: a cache for one completion of each prompt.
    [Fact]
    public void More_rows_than_an_integer_holds_are_refused()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        Assert.Throws<ArgumentOutOfRangeException>(() => new GroupDecoding(policy, 65536, 65537, 1, 1));
    }
}
