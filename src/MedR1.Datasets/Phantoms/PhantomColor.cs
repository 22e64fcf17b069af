namespace MedR1.Datasets;

internal readonly record struct PhantomColor(int Red, int Green, int Blue)
{
    public static PhantomColor Gray(int level) => new(level, level, level);

    public PhantomColor Lighter(int by) => new(Red + by, Green + by, Blue + by);
}
