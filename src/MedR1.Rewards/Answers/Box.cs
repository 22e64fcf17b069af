namespace MedR1.Rewards;

/// <summary>A rectangle in an image: x increases to the right, y downwards.</summary>
/// <param name="Left">The left edge.</param>
/// <param name="Top">The upper edge.</param>
/// <param name="Right">The right edge, at least the left one.</param>
/// <param name="Bottom">The lower edge, at least the upper one.</param>
public readonly record struct Box(double Left, double Top, double Right, double Bottom)
{
    /// <summary>Width × height.</summary>
    public double Area => (Right - Left) * (Bottom - Top);

    /// <summary>Area of the intersection / area of the union, 0 to 1, in continuous coordinates; 0 if a box has no area.</summary>
    /// <param name="other">The other box.</param>
    public double IntersectionOverUnion(Box other)
    {
        double width = Math.Min(Right, other.Right) - Math.Max(Left, other.Left);
        double height = Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top);
        double overlap = Math.Max(0, width) * Math.Max(0, height);
        double union = Area + other.Area - overlap;
        return union > 0 ? overlap / union : 0;
    }
}
