namespace MedR1.Modeling.Tests.Safetensors;

public sealed class CheckpointFolderTests
{
    [Fact]
    public void The_target_of_a_link_is_replaced()
    {
        using TemporaryFolder folder = new();
        string target = Path.Combine(folder.Path, "large-disk", "model"), link = Path.Combine(folder.Path, "model");
        Directory.CreateDirectory(target);
        File.WriteAllText(Path.Combine(target, "model.safetensors"), "");
        Directory.CreateSymbolicLink(link, target);

        CheckpointFolder.Replace(link, fresh => File.WriteAllText(Path.Combine(fresh, "config.json"), "content"));

        Assert.Equal(target, new DirectoryInfo(link).LinkTarget);
        Assert.Equal(["config.json"], Directory.GetFileSystemEntries(target).Select(Path.GetFileName));
        Assert.Equal("content", File.ReadAllText(Path.Combine(link, "config.json")));
        Assert.Equal([target], Directory.GetDirectories(Path.GetDirectoryName(target)!));
    }

    // For example Save("runs/ct") in the output folder of a run: its logs and checkpoints don't belong to the model.
    [Fact]
    public void Other_files_stay_and_those_of_an_earlier_model_are_deleted()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "run");
        Directory.CreateDirectory(Path.Combine(path, "step-000001", "model"));
        foreach (string name in (string[])
            [
                "metrics.jsonl", "step-000001/model/config.json", "config.json", "model.safetensors.index.json",
                "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "processor_config.json", "chat_template.jinja",
                "adapter_model.safetensors",
            ])
        {
            File.WriteAllText(Path.Combine(path, name), "before");
        }

        CheckpointFolder.Replace(path, fresh =>
        {
            File.WriteAllText(Path.Combine(fresh, "config.json"), "after");
            File.WriteAllText(Path.Combine(fresh, "model.safetensors"), "after");
        });

        Assert.Equal(
            [
                "adapter_model.safetensors before", "config.json after", "metrics.jsonl before", "model.safetensors after",
                "step-000001/model/config.json before",
            ],
            Contents(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Saving_an_adapter_next_to_a_model_keeps_the_model()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(Path.Combine(folder.Path, "config.json"), "before");
        File.WriteAllText(Path.Combine(folder.Path, "model.safetensors"), "before");

        CheckpointFolder.Replace(folder.Path, fresh => File.WriteAllText(Path.Combine(fresh, "adapter_config.json"), "after"));

        Assert.Equal(
            ["adapter_config.json after", "config.json before", "model.safetensors before"], Contents(folder.Path));
    }

    [Fact]
    public void Other_files_in_a_subfolder_that_is_written_stay_too()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "model");
        Directory.CreateDirectory(Path.Combine(path, "notes"));
        foreach (string name in (string[])["config.json", "notes/own.txt", "notes/written.txt"])
        {
            File.WriteAllText(Path.Combine(path, name), "before");
        }

        CheckpointFolder.Replace(path, fresh =>
        {
            Directory.CreateDirectory(Path.Combine(fresh, "notes"));
            File.WriteAllText(Path.Combine(fresh, "config.json"), "after");
            File.WriteAllText(Path.Combine(fresh, "notes", "written.txt"), "after");
        });

        Assert.Equal(["config.json after", "notes/own.txt before", "notes/written.txt after"], Contents(path));
    }

    private static string[] Contents(string folder) => [.. Directory
        .GetFiles(folder, "*", SearchOption.AllDirectories)
        .Select(file => $"{Path.GetRelativePath(folder, file)} {File.ReadAllText(file)}")
        .Order(StringComparer.Ordinal)];
}
