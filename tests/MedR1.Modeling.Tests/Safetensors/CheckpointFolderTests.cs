namespace MedR1.Modeling.Tests.Safetensors;

public sealed class CheckpointFolderTests
{
    [Fact]
    public void Of_a_link_the_folder_that_it_leads_to_is_replaced()
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

    // Such as Save("runs/ct") in the output folder of the run: its logs and checkpoints are not the model's.
    [Fact]
    public void Other_files_and_folders_stay_and_those_of_an_earlier_model_do_not()
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
    public void An_adapter_next_to_a_model_leaves_the_model()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(Path.Combine(folder.Path, "config.json"), "before");
        File.WriteAllText(Path.Combine(folder.Path, "model.safetensors"), "before");

        CheckpointFolder.Replace(folder.Path, fresh => File.WriteAllText(Path.Combine(fresh, "adapter_config.json"), "after"));

        Assert.Equal(
            ["adapter_config.json after", "config.json before", "model.safetensors before"], Contents(folder.Path));
    }

    private static string[] Contents(string folder) => [.. Directory
        .GetFiles(folder, "*", SearchOption.AllDirectories)
        .Select(file => $"{Path.GetRelativePath(folder, file)} {File.ReadAllText(file)}")
        .Order(StringComparer.Ordinal)];
}
