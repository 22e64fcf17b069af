namespace MedR1.Evaluation.Reports;

/// <summary>A figure in a report, which can be written as SVG, for web pages, or as PNG.</summary>
public abstract record Figure
{
    private protected Figure()
    {
    }

    /// <summary>The title above the figure.</summary>
    public required string Title { get; init; }

    /// <summary>The origin of the numbers, in small print below the figure: rule, seed, model, data hash.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> Caption { get; init; } = [];

    /// <summary>The drawing as self-contained SVG.</summary>
    public string ToSvg()
    {
        SvgCanvas canvas = new();
        (double width, double height) = Draw(canvas);
        return canvas.Finish(width, height, Title);
    }

    /// <summary>Writes the drawing as a PNG file; an existing file is replaced once the new one is complete.</summary>
    /// <param name="path">The file; its folder is created if missing.</param>
    /// <param name="scale">Pixels of the file per unit of the drawing.</param>
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

    /// <summary>Draws the figure and returns its size.</summary>
    internal abstract (double Width, double Height) Draw(ICanvas canvas);
}
