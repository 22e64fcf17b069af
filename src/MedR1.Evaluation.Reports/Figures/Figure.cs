namespace MedR1.Evaluation.Reports;

/// <summary>A picture of a report: the same drawing as SVG, for pages, and as PNG, for everything else.</summary>
public abstract record Figure
{
    private protected Figure()
    {
    }

    /// <summary>The text above it.</summary>
    public required string Title { get; init; }

    /// <summary>What is behind its numbers, in small letters below it: rule, seed, model, data hash.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> Caption { get; init; } = [];

    /// <summary>The drawing as SVG that needs nothing else.</summary>
    public string ToSvg()
    {
        SvgCanvas canvas = new();
        (double width, double height) = Draw(canvas);
        return canvas.Finish(width, height, Title);
    }

    /// <summary>Writes the drawing as PNG; an existing file is replaced when the new one is complete.</summary>
    /// <param name="path">The file; its folder is made where it is missing.</param>
    /// <param name="scale">Pixels of the file for one of the drawing.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void SavePng(string path, double scale = 2)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        (double width, double height) = Draw(new SvgCanvas());
        using PngCanvas canvas = new(width, height, scale);
        Draw(canvas);
        WholeFile.Write(path, canvas.Finish());
    }

    /// <summary>Draws it and gives its size.</summary>
    internal abstract (double Width, double Height) Draw(ICanvas canvas);
}
