using System.Globalization;
using MedR1.Modeling;
using MedR1.TestSupport;

namespace MedR1.Models.Qwen2VL.Tests;

/// <summary>Folders given by mistake are identified by their content.</summary>
public sealed class WrongFolderTests : IDisposable
{
    // For the group too, because an ordinary user may belong to the group of the user that runs the tests.
    private const UnixFileMode Pass = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private readonly string _root = Directory.CreateTempSubdirectory("medr1-folder-").FullName;
    private readonly Qwen2VLPolicy _policy = TinyModel.Create();

    private string Run => Path.Combine(_root, "run");

    private string Step => Path.Combine(Run, "step-000008");

    private string Trained => Path.Combine(Step, "model");

    public void Dispose()
    {
        _policy.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        string folder = Path.Combine(_root, "nowhere");
        Assert.Contains(folder, Assert.Throws<DirectoryNotFoundException>(() => Qwen2VLPolicy.Load(folder)).Message);
        Assert.Contains(folder, Assert.Throws<DirectoryNotFoundException>(() => Qwen2VLProcessor.Load(folder)).Message);
    }

    [Theory]
    [InlineData("Qwen/Qwen2-VL-2B-Instruct", true)]
    [InlineData("./Qwen2-VL-2B-Instruct", false)]
    [InlineData("../Qwen2-VL-2B-Instruct", false)]
    [InlineData("Qwen2-VL-2B-Instruct", false)]
    [InlineData("/Qwen2-VL-2B-Instruct", false)]
    public void A_name_of_the_hub_is_not_downloaded(string name, bool isOfHub) => Assert.Equal(
        isOfHub,
        Assert.Throws<DirectoryNotFoundException>(() => Qwen2VLPolicy.Load(name)).Message
            .Contains("give the folder of a downloaded one", StringComparison.Ordinal));

    [Fact]
    public void Files_of_an_interrupted_save_are_named()
    {
        string folder = Path.Combine(_root, "model"), old = folder + ".0123456789abcdef0123456789abcdef.old";
        Directory.CreateDirectory(old);
        Assert.Contains($"is in '{old}': rename", Assert.Throws<DirectoryNotFoundException>(() => Qwen2VLPolicy.Load(folder)).Message);
        Assert.Contains($"is in '{old}': rename", Assert.Throws<LoraException>(() => LoraPolicy.Load(_policy, folder)).Message);
    }

    [Fact]
    public void Files_of_an_interrupted_save_through_a_link_are_named_next_to_its_target()
    {
        string link = Path.Combine(_root, "link"), other = Path.Combine(_root, "another disk");
        string old = Path.Combine(other, "model.0123456789abcdef0123456789abcdef.old");
        Directory.CreateDirectory(old);
        Directory.CreateSymbolicLink(link, Path.Combine(other, "model"));
        Assert.Contains($"is in '{old}': rename", Assert.Throws<DirectoryNotFoundException>(() => Qwen2VLPolicy.Load(link)).Message);
        Assert.Contains($"is in '{old}': rename", Assert.Throws<LoraException>(() => LoraPolicy.Load(_policy, link)).Message);
    }

    [Fact]
    public void A_circular_link_is_not_a_folder()
    {
        string link = Path.Combine(_root, "link"), back = Path.Combine(_root, "back");
        Directory.CreateSymbolicLink(link, back);
        Directory.CreateSymbolicLink(back, link);
        Assert.Contains(link, Assert.Throws<DirectoryNotFoundException>(() => Qwen2VLPolicy.Load(link)).Message);
    }

    // The denied operation shows how far each case got: into the folder, or past that to listing its content.
    [Theory]
    [InlineData(UnixFileMode.None, "can't be accessed: Access to the path '{0}/model' is denied. Grant this program access")]
    [InlineData(Pass, "Can't check for an earlier version next to it: Access to the path '{0}' is denied. Grant this program access")]
    public void What_lies_in_a_folder_that_may_not_be_looked_into_is_not_found_and_says_why(UnixFileMode mode, string said)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string closed = Path.Combine(_root, "closed"), folder = Path.Combine(closed, "model");
        Directory.CreateDirectory(closed);
        const UnixFileMode Open = Pass | UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.SetUnixFileMode(_root, Open);
        Require("is not a folder; give the folder of a model", "The folder does not exist. Give the folder of a");
        File.SetUnixFileMode(closed, mode);
        string denied = string.Format(CultureInfo.InvariantCulture, said, closed);
        bool isUnseen = mode == UnixFileMode.None;
        try
        {
            OrdinaryUser.Run(() => Require(
                isUnseen ? denied : $"is not a folder. {denied}", isUnseen ? $"It {denied}" : $"The folder does not exist. {denied}"));
        }
        finally
        {
            File.SetUnixFileMode(closed, Open);
        }

        void Require(string ofModel, string ofAdapter)
        {
            Assert.StartsWith(
                $"'{folder}' {ofModel}", Assert.Throws<DirectoryNotFoundException>(() => Qwen2VLPolicy.Load(folder)).Message);
            Assert.StartsWith(ofAdapter, AdapterMessage(folder));
        }
    }

    [Fact]
    public void A_folder_without_a_model_is_reported_with_the_missing_files()
    {
        Directory.CreateDirectory(Run);
        Assert.Contains("no config.json", Assert.Throws<FileNotFoundException>(() => Qwen2VLPolicy.Load(Run)).Message);
    }

    [Fact]
    public void The_folder_of_a_full_training_run_is_refused_with_its_model()
    {
        Write(_policy.Save);
        Assert.All(ModelMessages(Step), message => Assert.Contains($"a training checkpoint: load its model, '{Trained}'", message));
        Assert.All(
            ModelMessages(Run), message => Assert.Contains($"the output folder of a training run: load its model, '{Trained}'", message));
        Assert.Contains($"with a whole model: load '{Trained}'", AdapterMessage(Step));
        Assert.Contains("It is a whole model", AdapterMessage(Trained));
    }

    [Fact]
    public void The_folder_of_an_adapter_run_is_refused_with_its_adapter()
    {
        using (LoraPolicy lora = LoraCase.Create(_policy, "two names"))
        {
            Write(lora.Save);
        }

        foreach (string folder in new[] { Step, Run })
        {
            Assert.All(
                ModelMessages(folder), message => Assert.Contains($"apply '{Trained}' with LoraPolicy.Load", message));
            Assert.Contains($"load its adapter, '{Trained}'", AdapterMessage(folder));
        }

        Assert.All(ModelMessages(Trained), message => Assert.Contains("is an adapter without its base model", message));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void An_empty_folder_name_is_refused_by_parameter_name(string folder) =>
        Assert.Equal("folder", Assert.Throws<ArgumentException>(() => Qwen2VLPolicy.Load(folder)).ParamName);

    [Fact]
    public void The_pointer_of_a_run_next_to_a_model_changes_nothing()
    {
        _policy.Save(Run);
        File.WriteAllText(Path.Combine(Run, "latest"), "step-000008");
        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(Run);
    }

    // As written by a trainer.
    private void Write(Action<string, CancellationToken> save)
    {
        Directory.CreateDirectory(Step);
        save(Trained, default);
        File.WriteAllText(Path.Combine(Step, "trainer.json"), "{}");
        File.WriteAllText(Path.Combine(Run, "latest"), "step-000008");
    }

    private static string[] ModelMessages(string folder) =>
    [
        Assert.Throws<FileNotFoundException>(() => Qwen2VLPolicy.Load(folder)).Message,
        Assert.Throws<FileNotFoundException>(() => Qwen2VLPolicy.Load(folder, TinyModel.Processor())).Message,
        Assert.Throws<FileNotFoundException>(() => Qwen2VLProcessor.Load(folder)).Message,
    ];

    private string AdapterMessage(string folder) =>
        Assert.Single(Assert.Throws<LoraException>(() => LoraPolicy.Load(_policy, folder)).Errors);
}
