namespace MedR1.Modeling.Tests.Safetensors;

public sealed class CheckpointFolderTests
{
    [Fact]
    public void Of_a_link_the_folder_that_it_leads_to_is_replaced()
    {
        using TemporaryFolder folder = new();
        string target = Path.Combine(folder.Path, "large-disk", "model"), link = Path.Combine(folder.Path, "model");
        Directory.CreateDirectory(target);
        File.WriteAllText(Path.Combine(target, "old"), "");
        Directory.CreateSymbolicLink(link, target);

        CheckpointFolder.Replace(link, fresh => File.WriteAllText(Path.Combine(fresh, "new"), "content"));

        Assert.Equal(target, new DirectoryInfo(link).LinkTarget);
        Assert.Equal(["new"], Directory.GetFileSystemEntries(target).Select(Path.GetFileName));
        Assert.Equal("content", File.ReadAllText(Path.Combine(link, "new")));
        Assert.Equal([target], Directory.GetDirectories(Path.GetDirectoryName(target)!));
    }
}
