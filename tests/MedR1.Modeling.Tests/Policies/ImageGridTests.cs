namespace MedR1.Modeling.Tests.Policies;

public sealed class ImageGridTests
{
    // 2³² patches would be 0 modulo 2³², for which an image without values would fit.
    [Fact]
    public void A_number_of_patches_that_fits_no_integer_is_refused()
    {
        Assert.Equal(65536 * 32767, new ImageGrid(1, 65536, 32767).PatchCount);
        Assert.Throws<OverflowException>(() => new ImageGrid(1, 65536, 65536).PatchCount);
    }
}
