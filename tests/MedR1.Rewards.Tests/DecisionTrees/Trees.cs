namespace MedR1.Rewards.Tests;

/// <summary>The trees shipped in docs/decision-trees.</summary>
internal static class Trees
{
    public static string Folder { get; } = FindFolder();

    public static DecisionTree Fleischner { get; } =
        DecisionTree.Load(Path.Combine(Folder, "fleischner-2017-solid-nodules.json"));

    public static DecisionTree LiRads { get; } = DecisionTree.Load(Path.Combine(Folder, "li-rads-2018.json"));

    private static string FindFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string trees = Path.Combine(folder.FullName, "docs", "decision-trees");
            if (Directory.Exists(trees))
            {
                return trees;
            }
        }

        throw new DirectoryNotFoundException($"No docs/decision-trees above '{AppContext.BaseDirectory}'.");
    }
}
