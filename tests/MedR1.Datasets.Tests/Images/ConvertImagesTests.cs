namespace MedR1.Datasets.Tests;

public sealed class ConvertImagesTests
{
    [Fact]
    public void Shows_what_the_function_makes_of_each_image_and_only_when_it_is_read()
    {
        int calls = 0;
        IVqaDataset converted = Questions().ConvertImages(image =>
        {
            calls++;
            return new RgbImage(1, 2, new byte[] { 1, 2, 3, 4, 5, (byte)(image.Name == "b" ? 6 : 0) });
        });
        VqaExample example = converted[0];

        Assert.Equal(0, calls);
        Assert.Equal(["converted:a", "converted:b"], example.Images.Select(image => image.Name));
        // A bitmap's lower row comes first, its pixels are blue, green, red, and its rows are padded to 4 bytes.
        Assert.Equal([0, 5, 4, 0, 3, 2, 1, 0], Read(example.Images[0])[54..]);
        Assert.Equal([6, 5, 4, 0, 3, 2, 1, 0], Read(example.Images[1])[54..]);
        Assert.Equal(2, calls);
    }

    [Fact]
    public void Leaves_the_questions_as_they_are()
    {
        IVqaDataset converted = Questions().ConvertImages(Plain);
        Assert.Equal(
            Questions().Select(one => (one.Id, one.Problem, one.Solution)), converted.Select(one => (one.Id, one.Problem, one.Solution)));
        Assert.Equal("q (converted images)", converted.Name);
        Assert.Empty(converted[1].Images);
    }

    // A cache of prepared images treats equal images as one.
    [Fact]
    public void Images_are_equal_if_original_and_function_are()
    {
        IVqaDataset questions = Questions();
        Func<IImageSource, RgbImage> other = image => Plain(image);
        Assert.Equal(questions.ConvertImages(Plain)[0].Images[0], questions.ConvertImages(Plain)[0].Images[0]);
        Assert.NotEqual(questions.ConvertImages(Plain)[0].Images[0], questions.ConvertImages(Plain)[0].Images[1]);
        Assert.NotEqual(questions.ConvertImages(Plain)[0].Images[0], questions.ConvertImages(other)[0].Images[0]);
    }

    private static RgbImage Plain(IImageSource image) => new(1, 1, new byte[] { 7, 7, 7 });

    private static InMemoryDataset Questions() => new("q",
    [
        new VqaExample
        {
            Id = "1", Question = "Which?", Options = ["CT", "MRI"], Answer = "MRI",
            Images = [new BytesImageSource("a", [1]), new BytesImageSource("b", [2])],
        },
        new VqaExample { Id = "2", Question = "Why?", Answer = "" },
    ]);

    private static byte[] Read(IImageSource image)
    {
        using MemoryStream bytes = new();
        using Stream stream = image.OpenRead();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
